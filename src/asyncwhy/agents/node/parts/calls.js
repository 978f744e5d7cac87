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
      try { return apply(original, this, args); } finally {
        inCall = false;
        if (typeof limit === 'number') Error.stackTraceLimit = limit;
        const to = now();
        if (to - from >= 5e4 && (to - from >= 1e6 || (rich && tokens-- > 0))) try { held.push([from, to, stackOf(capture(DEEP * 2, made), DEEP), computes]); } catch (error) { fails(error); }
      }
    },
  }[name];
  const { prototype, ...own } = Object.getOwnPropertyDescriptors(original);
  Object.defineProperties(made, own);
  owner[name] = made;
  undo.push(() => { if (owner[name] === made) owner[name] = original; });
}
let inCall = false;
const undo = []; // what gives the process back as it was
function watchAll() {
  for (const name of Object.keys(fs)) if (name.endsWith('Sync')) watch(fs, name, false);
  const children = require('child_process');
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
