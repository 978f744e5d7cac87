// Each item is awaited though nothing about it is asynchronous: the loop never turns, and the heartbeat is late.
const { setTimeout: pass } = require('timers/promises');

async function price(item) {
  return item % 97;
}

async function total(items) {
  let sum = 0;
  for (let item = 0; item < items; item++) {
    sum += await price(item);
  }
  return sum;
}

async function heartbeat() {
  for (let beat = 0; beat < 5; beat++) await pass(10);
}

async function main() {
  const [sum] = await Promise.all([total(1000000), heartbeat()]);
  console.log(sum);
}

main();
