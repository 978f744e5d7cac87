const { createGzip, gunzipSync } = require('node:zlib');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
async function* lines() {
  for (let number = 0; number < 2000; number++) yield `line ${number}\n`;
}
async function main() {
  const parts = [];
  await pipeline(Readable.from(lines()), createGzip(), async function (source) {
    for await (const part of source) parts.push(part);
  });
  console.log(gunzipSync(Buffer.concat(parts)).length);
}
main();
