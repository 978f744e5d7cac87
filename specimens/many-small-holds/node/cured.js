// The small files are read by the pool's threads, several at once.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'small-'));
const file = path.join(folder, 'one');
fs.writeFileSync(file, 'x'.repeat(3e6));

async function load() {
  return (await fs.promises.readFile(file)).length;
}

let left = 200, total = 0;

async function reader() {
  while (left-- > 0) total += await load();
}

async function main() {
  await Promise.all([reader(), reader(), reader(), reader()]);
  console.log(total);
  fs.rmSync(folder, { recursive: true });
}

main();
