// Eight savings at once, each chained to the end of the one before.
const { setTimeout: pass } = require('timers/promises');

let tail = Promise.resolve();

function exclusive(job) {
  const result = tail.then(job);
  tail = result.catch(() => {});
  return result;
}

async function save(number) {
  await pass(50);
  return number;
}

async function main() {
  const numbers = Array.from({ length: 8 }, (_, number) => number);
  const pages = await Promise.all(numbers.map((number) => exclusive(() => save(number))));
  console.log(pages.length);
}

main();
