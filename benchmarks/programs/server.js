// A server of three kinds (plain, promises, files); /cpu says what it has used, in microseconds, and /exit ends it.
const http = require('http');
const { readFile } = require('fs/promises');

const step = async (n) => n + 1;
const kinds = {
  plain: (response) => response.end('ok'),
  promises: async (response) => {
    let sum = 0;
    for (let n = 0; n < 5; n++) sum += await step(n);
    response.end(String(sum));
  },
  files: async (response) => {
    const text = await readFile(__filename);
    response.end(String(text.length));
  },
};
const answer = kinds[process.argv[2]];

http.createServer((request, response) => {
  if (request.url === '/cpu') {
    const { user, system } = process.cpuUsage();
    response.end(String(user + system));
  } else if (request.url === '/exit') {
    response.end('ok', () => setImmediate(() => process.exit(0)));
  } else answer(response);
}).listen(Number(process.argv[3] || 0), '127.0.0.1', function listening() { console.log(`port ${this.address().port}`); });
