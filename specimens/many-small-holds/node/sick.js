// Each of 200 small files is read on the event loop: never long, and most of the time.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setImmediate: turn } = require('node:timers/promises');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'small-'));
const file = path.join(folder, 'one');
fs.writeFileSync(file, 'x'.repeat(3e6));

async function load() {
  await turn();
  return fs.readFileSync(file).length;
}

async function main() {
  let total = 0;
  for (let number = 0; number < 200; number++) {
    total += await load();
  }
  console.log(total);
  fs.rmSync(folder, { recursive: true });
}

main();
