// Ten pages at once, through a limit of as many as AT_ONCE says.
const pLimit = require('p-limit');
const { setTimeout: pass } = require('timers/promises');

const limit = pLimit(Number(process.env.AT_ONCE));

async function loadPage(number) {
  await pass(100);
  return number;
}

async function main() {
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  const pages = await Promise.all(numbers.map((number) => limit(() => loadPage(number))));
  console.log(pages.length);
}

main();
