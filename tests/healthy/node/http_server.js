const http = require('node:http');
const { setTimeout: pass } = require('node:timers/promises');
const server = http.createServer(async (request, response) => {
  await pass(15);
  response.end(`answer to ${request.url}`);
});
function ask(port, number) {
  return new Promise((resolve, reject) => {
    const asked = http.get({ port, host: '127.0.0.1', path: `/${number}` }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    asked.on('error', reject);
  });
}
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => ask(port, number)));
  console.log(answers.length);
  server.close();
  server.closeAllConnections();
});
