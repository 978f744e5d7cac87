// An order is answered when it is saved.
const { setTimeout: pass } = require('node:timers/promises');

const saved = [];

async function save(order) {
  await pass(40);
  saved.push(order);
}

async function place(order) {
  await pass(10);
  await save(order);
  return `${order} is placed, ${saved.length} saved`;
}

async function main() {
  const answers = await Promise.all([place('tea'), place('jam')]);
  console.log(answers.join('; '));
}

main();
