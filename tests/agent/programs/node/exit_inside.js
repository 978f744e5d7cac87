const { setTimeout: pass } = require('node:timers/promises');
async function main() {
  console.log('begun');
  await pass(20);
  process.stdout.write('left\n');
  process.exit(7);
}
process.on('exit', (code) => console.log('exit', code));
main();
