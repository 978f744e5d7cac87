const { EventEmitter, once } = require('node:events');
const bus = new EventEmitter();
async function consumer(name, log) {
  for (let turn = 0; turn < 3; turn++) {
    const [value] = await once(bus, name);
    log.push(`${name}${value}`);
  }
}
async function main() {
  const log = [];
  const consuming = Promise.all([consumer('a', log), consumer('b', log)]);
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    bus.emit('a', turn);
    bus.emit('b', turn);
  }
  await consuming;
  console.log(log.join(' '));
}
main();
