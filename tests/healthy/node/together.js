const { setTimeout: pass } = require('node:timers/promises');
async function fetchOne(number) {
  await pass(50 + number);
  return number * number;
}
async function main() {
  const squares = await Promise.all([1, 2, 3, 4].map(fetchOne));
  const started = [fetchOne(5), fetchOne(6)];
  const first = await started[0];
  const second = await started[1];
  console.log(squares.join(), first, second);
}
main();
