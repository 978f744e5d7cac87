// The same without an await that never waits; the loop turns now and then.
const { setTimeout: pass } = require('timers/promises');

function price(item) {
  return item % 97;
}

async function total(items) {
  let sum = 0;
  for (let item = 0; item < items; item++) {
    sum += price(item);
    if (item % 10000 === 0) await new Promise(setImmediate);
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
