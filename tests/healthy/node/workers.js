const { Worker, isMainThread, parentPort } = require('node:worker_threads');
if (isMainThread) {
  const ask = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename);
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  Promise.all([ask(), ask()]).then((sums) => console.log(sums.join()));
} else {
  let sum = 0;
  for (let i = 0; i < 3e6; i++) sum += i % 7;
  parentPort.postMessage(sum);
}
