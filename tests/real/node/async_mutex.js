// Ten savings at once, under one lock, or each under one of its own if AT_ONCE is 10.
const { Mutex } = require('async-mutex');
const { setTimeout: pass } = require('timers/promises');

const locks = Array.from({ length: Number(process.env.AT_ONCE) }, () => new Mutex());

async function save(number) {
  return locks[number % locks.length].runExclusive(async () => {
    await pass(100);
    return number;
  });
}

async function main() {
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  const saved = await Promise.all(numbers.map((number) => save(number)));
  console.log(saved.length);
}

main();
