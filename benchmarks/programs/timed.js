// `node --require timed.js PROGRAM`: writes to the file TIMED the seconds from the first async function or callback of
// its main thread until it exits: what asyncwhy counts as seconds of a loop.  It watches only until the first one.
const { isMainThread } = require('worker_threads');
if (isMainThread && process.env.TIMED) {
  const { writeFileSync } = require('fs');
  const now = performance.now.bind(performance);
  let since = 0;
  const promises = require('v8').promiseHooks.createHook({ init: begins, before: begins });
  const callbacks = require('async_hooks').createHook({ before: begins }).enable();
  function begins() {
    if (since) return;
    since = now();
    promises();
    callbacks.disable();
  }
  process.on('exit', () => writeFileSync(process.env.TIMED, String((now() - (since || now())) / 1e3)));
}
