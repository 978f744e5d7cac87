async function fails() {
  await null;
  throw new TypeError('nobody reads this');
}
async function main() {
  fails();
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.log('never printed');
}
main();
