const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const run = promisify(execFile);
async function main() {
  const outputs = await Promise.all([1, 2, 3].map((number) => run('sh', ['-c', `sleep 0.1; echo ${number}`])));
  console.log(outputs.map(({ stdout }) => stdout.trim()).join());
}
main();
