// Ten requests at once, two at a time, by a semaphore that the program has written itself.
const { setTimeout: pass } = require('timers/promises');

class Semaphore {
  constructor(free) {
    this.free = free;
    this.waiting = [];
  }

  async acquire() {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise((resolve) => this.waiting.push(resolve));
  }

  release() {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

const limit = new Semaphore(2);

async function loadPage(number) {
  await limit.acquire();
  try {
    await pass(100);
    return number;
  } finally {
    limit.release();
  }
}

async function main() {
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  const pages = await Promise.all(numbers.map((number) => loadPage(number)));
  console.log(pages.length);
}

main();
