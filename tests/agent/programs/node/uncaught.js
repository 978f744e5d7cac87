const fs = require('fs');
async function main() {
  await null;
  try {
    fs.readFileSync('/there/is/no/such/file');
  } catch (error) {
    console.log(error.code);
  }
  setTimeout(() => fs.readFileSync('/there/is/no/such/file'), 5);
}
main();
