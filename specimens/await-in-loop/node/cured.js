// Eight pages are fetched together.
const { setTimeout: pass } = require('node:timers/promises');

async function fetchPage(number) {
  await pass(100);
  return { number, items: number * 3 };
}

async function crawl(numbers) {
  return Promise.all(numbers.map((number) => fetchPage(number)));
}

crawl([1, 2, 3, 4, 5, 6, 7, 8]).then((pages) => console.log(pages.length));
