// A WebSocket server by hand: two clients upgrade, send a frame, and get it back.
const http = require('node:http');
const { createHash } = require('node:crypto');
const server = http.createServer();
server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on('data', (frame) => {
    const text = frame.subarray(6).map((byte, at) => byte ^ frame[2 + (at % 4)]);
    setTimeout(() => socket.end(Buffer.concat([Buffer.from([0x81, text.length]), text])), 20);
  });
});
function talk(port, text) {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' } });
    request.on('error', reject);
    request.on('upgrade', (_, socket) => {
      const mask = [1, 2, 3, 4];
      const masked = Buffer.from(text).map((byte, at) => byte ^ mask[at % 4]);
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | masked.length, ...mask]), masked]));
      socket.on('data', (frame) => resolve(frame.subarray(2).toString()));
    });
  });
}
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const answers = await Promise.all([talk(port, 'one'), talk(port, 'two')]);
  console.log(answers.join());
  server.close();
});
