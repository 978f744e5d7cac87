// Keys are derived by libuv's pool, which has as many threads as it has by default.
process.env.UV_THREADPOOL_SIZE = '4';
const { promisify } = require('node:util');
const pbkdf2 = promisify(require('node:crypto').pbkdf2);

async function derive(name) {
  const key = await pbkdf2(name, 'salt', 150000, 64, 'sha512');
  return key.length;
}

async function main() {
  const sizes = await Promise.all(['ada', 'bob', 'eve', 'joe'].map((name) => derive(name)));
  console.log(sizes.join());
}

main();
