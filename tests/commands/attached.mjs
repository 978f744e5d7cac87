// A server with faults, to be attached to while it runs; /state says what an agent would leave behind.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import fs from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';

const big = 'big';
let stuck = true;

async function loadItem(id) {
  await pass(8);
  return id;
}

async function basket() {
  const items = [];
  for (const id of [1, 2, 3, 4, 5, 6]) {
    const item = await loadItem(id);
    items.push(item);
  }
  return items;
}

function compute() {
  let sum = 0;
  for (let i = 0; i < 3e7; i++) sum += i * i;
  return sum;
}

const state = () => JSON.stringify([
  Object.getOwnPropertySymbols(globalThis).length, Object.hasOwn(process, 'emit'), process.reallyExit.toString().length,
  fs.statSync.toString().length, Atomics.wait.toString().length, Object.keys(process.env).filter((name) => /ASYNCWHY/.test(name)),
]);

createServer(async (request, response) => {
  if (request.url === '/config') readFileSync(big, 'utf8');
  if (request.url === '/basket') await basket();
  if (request.url === '/compute') compute();
  if (request.url === '/stuck') while (stuck) Math.sqrt(2);
  if (request.url === '/exit') setTimeout(() => process.exit(3), 50);
  response.end(request.url === '/state' ? state() : 'ok');
}).listen(0, '127.0.0.1', function listening() { console.log(this.address().port); });
