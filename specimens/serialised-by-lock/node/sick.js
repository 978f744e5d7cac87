// Eight savings at once, each behind the one before: what a lock of promises protects needs no 50 ms.
const { setTimeout: pass } = require('timers/promises');

class Mutex {
  tail = Promise.resolve();

  async lock() {
    const before = this.tail;
    let release;
    this.tail = new Promise((resolve) => { release = resolve; });
    await before;
    return release;
  }
}

let total = 0;
const mutex = new Mutex();

async function save(number) {
  const release = await mutex.lock();
  try {
    await pass(50);
    total += number;
  } finally {
    release();
  }
}

async function main() {
  const numbers = Array.from({ length: 8 }, (_, number) => number);
  await Promise.all(numbers.map((number) => save(number)));
  console.log(total);
}

main();
