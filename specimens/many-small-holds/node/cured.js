// The small files are read by the pool's threads, several at once.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'small-'));
const file = path.join(folder, 'one');
fs.writeFileSync(file, 'x'.repeat(3e4));

async function load() {
  return (await fs.promises.readFile(file)).length;
}

async function main() {
  const sizes = await Promise.all(Array.from({ length: 20 }, load));
  console.log(sizes.reduce((sum, one) => sum + one));
  fs.rmSync(folder, { recursive: true });
}

main();
