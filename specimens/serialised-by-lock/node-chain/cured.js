// The same without a chain.
const { setTimeout: pass } = require('timers/promises');

async function save(number) {
  await pass(50);
  return number;
}

async function main() {
  const numbers = Array.from({ length: 8 }, (_, number) => number);
  const pages = await Promise.all(numbers.map((number) => save(number)));
  console.log(pages.length);
}

main();
