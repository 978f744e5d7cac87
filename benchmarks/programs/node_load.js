// `node node_load.js PORT REQUESTS CONNECTIONS`: bounded loopback load, keep-alive, no think time.
const http = require('http');
const [port, requests, connections] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
const ask = () => new Promise((resolve, reject) => {
  http.get({ host: '127.0.0.1', port, agent }, (response) => { response.resume(); response.on('end', resolve); }).on('error', reject);
});
async function one(count) { for (let n = 0; n < count; n++) await ask(); }
Promise.all(Array.from({ length: connections }, () => one(requests / connections))).then(() => agent.destroy());
