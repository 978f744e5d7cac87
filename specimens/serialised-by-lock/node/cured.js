// The same with the lock held for the sum alone.
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
  await pass(50);
  const release = await mutex.lock();
  try {
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
