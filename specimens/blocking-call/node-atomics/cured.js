// The same with a pause that gives the loop back.
const { setTimeout: pass } = require('timers/promises');

async function job(number) {
  await pass(200);
  await pass(50);
  return number;
}

async function main() {
  console.log(await Promise.all([job(1), job(2), job(3)]));
}

main();
