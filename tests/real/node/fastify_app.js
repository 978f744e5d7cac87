// A fastify application with three faults, asked by a load that it makes itself in a child process.
const fs = require('node:fs');
const { promisify } = require('node:util');
const { setTimeout: pass } = require('node:timers/promises');
const { fork } = require('node:child_process');
const pbkdf2 = promisify(require('node:crypto').pbkdf2);
const fastify = require('fastify')();


async function loadItem(id) {
  await pass(8);
  return { id, name: `item ${id}` };
}

fastify.get('/config', async (request, response) => {
  const text = fs.readFileSync(process.env.BIG_FILE, 'utf8');
  return { length: text.length };
});

fastify.get('/basket', async (request, response) => {
  const items = [];
  for (const id of [1, 2, 3, 4, 5, 6]) {
    const item = await loadItem(id);
    items.push(item);
  }
  return items;
});

fastify.get('/login', async (request, response) => {
  const key = await pbkdf2('secret', 'salt', 40000, 64, 'sha512');
  return { key: key.length };
});

fastify.listen({ port: 0, host: '127.0.0.1' }).then(() => {
  const load = fork(require('node:path').join(__dirname, 'load.js'), [String(fastify.server.address().port), ...(process.env.PATHS).split(' ')]);
  load.on('exit', () => fastify.close());
});
