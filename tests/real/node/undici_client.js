// Ten requests at once to a server of this process: one connection, and AT_ONCE of them sent ahead on it.
const { Client } = require('undici');
const http = require('http');

const server = http.createServer((request, response) => setTimeout(() => response.end('ok'), 100));

async function loadPage(client, number) {
  const { body } = await client.request({ path: `/${number}`, method: 'GET' });
  return body.text();
}

server.listen(0, '127.0.0.1', async () => {
  const client = new Client(`http://127.0.0.1:${server.address().port}`, { pipelining: Number(process.env.AT_ONCE) });
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  const pages = await Promise.all(numbers.map((number) => loadPage(client, number)));
  console.log(pages.length);
  await client.close();
  server.close();
});
