// Built-in calls that hold the loop.
function watch(owner, name, computes) {
  const original = owner[name];
  if (typeof original !== 'function') return;
  const made = {
    [name](...args) {
      if (!alive || !entries.length || inCall) return new.target ? Reflect.construct(original, args, new.target) : apply(original, this, args);
      const limit = Error.stackTraceLimit, from = now();
      inCall = true;
      if (typeof limit === 'number') Error.stackTraceLimit = limit + 2; // this frame, and one that the call itself may come through
      let failed = true;
      try { const result = apply(original, this, args); failed = owner === children && Boolean(result && (result.error || result.status)); return result; } finally {
        inCall = false;
        if (typeof limit === 'number') Error.stackTraceLimit = limit;
        const to = now();
        if (to - from >= 5e4 && (to - from >= 1e6 || (rich && tokens-- > 0))) try { held.push([from, to, stackOf(capture(DEEP * 2, made), DEEP), computes]); } catch (error) { fails(error); }
        if (failed && to - from >= SELF && owner === children) asksItself(args, (from + to) / 2);
      }
    },
  }[name];
  const { prototype, ...own } = Object.getOwnPropertyDescriptors(original);
  Object.defineProperties(made, own);
  owner[name] = made;
  undo.push(() => { if (owner[name] === made) owner[name] = original; });
}
const children = require('child_process');
const SELF = 5e7; // ns: a program that was not answered for so long
/** A program that was started and waited for, that failed, and that was told the port on which this process listens:
    only the loop that stood still could have answered it. */
function asksItself(args, time) {
  try {
    const told = JSON_stringify(args.slice(0, 2));
    for (const handle of process._getActiveHandles()) {
      const at = typeof handle.address === 'function' && handle.listening ? handle.address() : null;
      if (at && at.port && new RegExp(`:${at.port}(?!\\d)`).test(told)) {
        events.push({ event: 'own-server', thread: main, time: Math.round(time) });
        return;
      }
    }
  } catch { /* what cannot be written down is not looked at */ }
}
let inCall = false;
const undo = []; // what gives the process back as it was
function watchAll() {
  for (const name of Object.keys(fs)) if (name.endsWith('Sync')) watch(fs, name, false);
  for (const name of ['execSync', 'execFileSync', 'spawnSync']) watch(children, name, false);
  const zlib = require('zlib');
  for (const name of Object.keys(zlib)) if (name.endsWith('Sync')) watch(zlib, name, true);
  let crypto; try { crypto = require('crypto'); } catch { crypto = {}; }
  for (const name of Object.keys(crypto)) if (name.endsWith('Sync')) watch(crypto, name, true);
  watch(Atomics, 'wait', false);
  watchConnections();
  watchUndici();
  require('module').syncBuiltinESMExports();
}
