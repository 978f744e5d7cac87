// A pause made of Atomics.wait: it stops the event loop, and with it the other jobs.
const { setTimeout: pass } = require('timers/promises');

const cell = new Int32Array(new SharedArrayBuffer(4));

function pause(ms) {
  Atomics.wait(cell, 0, 0, ms);
}

async function job(number) {
  pause(200);
  await pass(50);
  return number;
}

async function main() {
  console.log(await Promise.all([job(1), job(2), job(3)]));
}

main();
