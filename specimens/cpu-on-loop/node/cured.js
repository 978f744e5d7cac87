// Scores are computed in worker threads while a heartbeat is due every 20 ms.
const { setTimeout: pass } = require('node:timers/promises');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

function score(seed) {
  let sum = seed;
  for (let i = 0; i < 4e7; i++) {
    sum = (sum * 31 + i) % 1000003;
  }
  return sum;
}

let beats = 0;

async function heartbeat() {
  for (let turn = 0; turn < 20; turn++) {
    await pass(20);
    beats += 1;
  }
}

function rate(seed) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: seed });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function main() {
  const beating = heartbeat();
  const scores = await Promise.all([rate(1), rate(2), rate(3)]);
  await beating;
  console.log(scores.length, beats);
}

if (isMainThread) {
  main();
} else {
  parentPort.postMessage(score(workerData));
}
