const http = require('node:http');
const [, , port, ...paths] = process.argv;
const agent = new http.Agent({ keepAlive: true, maxSockets: 12 });
const ask = (path) => new Promise((resolve, reject) => {
  http.get({ port, path, agent, host: '127.0.0.1' }, (response) => { response.resume(); response.on('end', resolve); }).on('error', reject);
});
(async () => {
  const until = Date.now() + 2000;
  const one = async (number) => { let count = 0; while (Date.now() < until) { await ask(paths[(number + count) % paths.length]); count++; } return count; };
  const counts = await Promise.all(Array.from({ length: 12 }, (_, n) => one(n)));
  agent.destroy();
  if (counts.length === 0) process.exit(1);
})();
