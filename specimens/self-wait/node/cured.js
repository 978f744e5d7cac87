// The same, awaited: the loop answers meanwhile.
const http = require('http');
const { promisify } = require('util');
const execFile = promisify(require('child_process').execFile);

const ASKS = 'require("http").get(process.argv[1], (answer) => answer.pipe(process.stdout))';

async function look(url) {
  const { stdout } = await execFile(process.execPath, ['-e', ASKS, url], { env: {}, timeout: 500 });
  return stdout;
}

async function main(port) {
  const said = await look(`http://127.0.0.1:${port}/status`);
  console.log(String(said));
}

const server = http.createServer((request, response) => response.end('all is well')).listen(0, '127.0.0.1', async () => {
  await main(server.address().port);
  server.close();
});
