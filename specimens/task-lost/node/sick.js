// The audit trail is written by functions that nobody awaits; their errors are only swallowed.
const { setTimeout: pass } = require('node:timers/promises');

process.on('unhandledRejection', () => {});

async function writeAudit(number) {
  await pass(20);
  throw new RangeError(`no room for ${number}`);
}

async function handle(number) {
  writeAudit(number);
  await pass(60);
  return number;
}

async function main() {
  const done = await Promise.all([handle(1), handle(2), handle(3)]);
  console.log(done.join());
}

main();
