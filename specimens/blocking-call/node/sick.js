// Each report runs a program and waits for it on the event loop.
const { execSync } = require('node:child_process');

async function makeReport(name, seconds) {
  await null;
  execSync(`sleep ${seconds}`);
  return `${name} is done`;
}

async function main() {
  const reports = await Promise.all([
    makeReport('sales', 0.2),
    makeReport('stock', 0.15),
    makeReport('staff', 0.25),
  ]);
  console.log(reports.join(', '));
}

main();
