// The audit trail is awaited, and its errors are told.
const { setTimeout: pass } = require('node:timers/promises');

async function writeAudit(number) {
  await pass(20);
  throw new RangeError(`no room for ${number}`);
}

async function handle(number) {
  const written = writeAudit(number).catch((error) => error.message);
  await pass(60);
  return `${number}: ${await written}`;
}

async function main() {
  const done = await Promise.all([handle(1), handle(2), handle(3)]);
  console.log(done.join());
}

main();
