// Three answers that do not need each other are fetched together.
const { setTimeout: pass } = require('node:timers/promises');

async function loadProfile(user) {
  await pass(250);
  return `profile of ${user}`;
}

async function loadOrders(user) {
  await pass(200);
  return [`${user}: 3 books`];
}

async function loadOffers(region) {
  await pass(150);
  return [`${region}: free delivery`];
}

async function dashboard(user, region) {
  const [profile, orders, offers] = await Promise.all([
    loadProfile(user),
    loadOrders(user),
    loadOffers(region),
  ]);
  return { profile, orders, offers };
}

dashboard('ada', 'north').then((shown) => console.log(Object.keys(shown).join(', ')));
