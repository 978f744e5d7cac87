import { setTimeout as pass } from 'timers/promises';

interface User { id: number; name: string }

async function loadUser(id: number): Promise<User> {
  await pass(200);
  return { id, name: 'x' };
}

async function loadOffers(): Promise<string[]> {
  await pass(200);
  return ['a'];
}

export async function main(): Promise<void> {
  const user: User = await loadUser(1);
  const offers: string[] = await loadOffers();
  console.log(user.id, offers.length);
}

main();
