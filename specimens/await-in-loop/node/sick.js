// Eight pages are fetched one at a time, though none of them needs another.
const { setTimeout: pass } = require('node:timers/promises');

async function fetchPage(number) {
  await pass(100);
  return { number, items: number * 3 };
}

async function crawl(numbers) {
  const pages = [];
  for (const number of numbers) {
    const page = await fetchPage(number);
    pages.push(page);
  }
  return pages;
}

crawl([1, 2, 3, 4, 5, 6, 7, 8]).then((pages) => console.log(pages.length));
