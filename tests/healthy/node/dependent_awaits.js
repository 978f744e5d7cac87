const { setTimeout: pass } = require('node:timers/promises');
async function login(name) {
  await pass(40);
  return { name, id: name.length };
}
async function orders(user) {
  await pass(40);
  return [user.id, user.id + 1];
}
async function price(order) {
  await pass(30);
  return order * 10;
}
async function main() {
  const user = await login('ada');
  const found = await orders(user);
  const prices = await Promise.all(found.map(price));
  console.log(prices.join());
}
main();
