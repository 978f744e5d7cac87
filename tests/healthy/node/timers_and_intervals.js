let beats = 0;
const beat = setInterval(() => {
  beats += 1;
}, 20);
setTimeout(() => {
  clearInterval(beat);
  console.log(beats > 3);
}, 300);
setImmediate(() => process.nextTick(() => console.log('begun')));
