// An express application with three faults, asked by a load that it makes itself in a child process.
const fs = require('node:fs');
const { promisify } = require('node:util');
const { setTimeout: pass } = require('node:timers/promises');
const { fork } = require('node:child_process');
const pbkdf2 = promisify(require('node:crypto').pbkdf2);
const express = require('express');

const app = express();

async function loadItem(id) {
  await pass(8);
  return { id, name: `item ${id}` };
}

app.get('/config', (request, response) => {
  const text = fs.readFileSync(process.env.BIG_FILE, 'utf8');
  response.json({ length: text.length });
});

app.get('/basket', async (request, response) => {
  const items = [];
  for (const id of [1, 2, 3, 4, 5, 6]) {
    const item = await loadItem(id);
    items.push(item);
  }
  response.json(items);
});

app.get('/login', async (request, response) => {
  const key = await pbkdf2('secret', 'salt', 40000, 64, 'sha512');
  response.json({ key: key.length });
});

const server = app.listen(0, '127.0.0.1', () => {
  const load = fork(require('node:path').join(__dirname, 'load.js'), [String(server.address().port), ...(process.env.PATHS).split(' ')]);
  load.on('exit', () => server.close());
});
