const { setTimeout: pass } = require('node:timers/promises');
async function job(number) {
  await pass(25);
  return number * 2;
}
async function worker(items, done) {
  let item;
  while ((item = items.shift()) !== undefined) {
    done.push(await job(item));
  }
}
async function main() {
  const items = Array.from({ length: 20 }, (_, number) => number);
  const done = [];
  await Promise.all([worker(items, done), worker(items, done), worker(items, done), worker(items, done)]);
  console.log(done.length);
}
main();
