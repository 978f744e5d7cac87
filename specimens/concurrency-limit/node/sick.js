// Ten requests at once, through an agent that opens two connections: eight of them wait for one.
const http = require('http');

const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });

function get(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}

async function loadPage(port, number) {
  const status = await get(port, `/${number}`);
  return status;
}

async function main(port) {
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  const pages = await Promise.all(numbers.map((number) => loadPage(port, number)));
  console.log(pages.length);
}

const server = http.createServer((request, response) => {
  setTimeout(() => response.end('ok'), 100);
}).listen(0, '127.0.0.1', async () => {
  await main(server.address().port);
  agent.destroy();
  server.close();
});
