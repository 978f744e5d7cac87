// Each report runs a program and awaits its end.
const { promisify } = require('node:util');
const exec = promisify(require('node:child_process').exec);

async function makeReport(name, seconds) {
  await exec(`sleep ${seconds}`);
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
