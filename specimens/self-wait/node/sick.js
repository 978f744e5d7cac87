// The server runs a program that asks the server, and stands still until that is over: nobody is there to answer.
const http = require('http');
const { execFileSync } = require('child_process');

const ASKS = 'require("http").get(process.argv[1], (answer) => answer.pipe(process.stdout))';

function look(url) {
  try {
    return execFileSync(process.execPath, ['-e', ASKS, url], { env: {}, timeout: 500, stdio: 'pipe' });
  } catch {
    return 'nobody answered';
  }
}

async function main(port) {
  const said = await look(`http://127.0.0.1:${port}/status`);
  console.log(String(said));
}

const server = http.createServer((request, response) => response.end('all is well')).listen(0, '127.0.0.1', async () => {
  await main(server.address().port);
  server.close();
});
