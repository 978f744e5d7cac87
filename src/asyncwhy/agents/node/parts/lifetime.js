// Beginning and end.
function fails(error) {
  failures.push(String((error && error.stack) || error).slice(0, 400));
  try { flush(); } catch { /* nothing more can be said */ }
  removes();
}

/** The hooks go; what another has wrapped around a call of ours since stays, and does nothing. */
function removes() {
  alive = false;
  try { hook.disable(); stopPromises(); profile('Profiler.stop'); } catch { /* they do nothing any more */ }
  if (!attached) return;
  try {
    clearInterval(ticker);
    for (const one of undo) one();
    require('module').syncBuiltinESMExports();
    if (profiler.session) profiler.session.disconnect();
  } catch { /* they do nothing any more */ }
  delete globalThis[Symbol.for('asyncwhy.agent')];
  delete require.cache[__filename];
}

/** Attached: whether we were asked to go (a file `stop`, which we take away as the answer), or nobody listens. */
function asked() {
  try { statSync(`${folder}/stop`); } catch {
    let age = Infinity; // the host touches `alive` four times a second
    try { age = Date_now() - statSync(`${folder}/alive`).mtimeMs; } catch { /* the folder is gone */ }
    if (age < 5e3) return false;
    removes();
    try { rmSync(folder, { recursive: true, force: true }); } catch { /* it is the system's to clear */ }
    return true;
  }
  leaves('detached');
  removes();
  try { unlinkSync(`${folder}/stop`); } catch { /* the host has gone */ }
  return true;
}
const Date_now = Date.now;

function leaves(by) {
  if (!alive) return;
  try {
    const time = now();
    warming = false;
    // Attached in the middle of a step that has not ended since: nobody told of its beginning.
    const turned = lastTick || begun, stuck = attached && time - turned > 1e9;
    if (stuck && !entries.length) entries.push({ ref: CALLBACK, task: null, since: turned, ready: 0, open: true, stack: 0 });
    const open = entries.slice();
    end(time);
    entries = open;
    for (const entry of entries) { entry.since = time; entry.open = true; }
    profilerEnds();
    if (looping) events.push({ event: 'stop', loop: 1, thread: main, time: Math.round(time), cpu: cpuClock });
    flush({ ended: time, left_by: by });
  } catch (error) { fails(error); }
}

/** What is about to be printed of an error that nobody caught shows no frame of ours. */
function cleans(error) {
  try {
    if (!(error instanceof Error) || typeof error.stack !== 'string' || !error.stack.includes(__filename)) return;
    let most = Error.stackTraceLimit;
    error.stack = error.stack.split('\n').filter((line) => !line.startsWith('    at ') || (!line.includes(__filename) && most-- > 0)).join('\n');
  } catch { /* it is printed as it is */ }
}

function unread(reason, promise) {
  try {
    const task = promise && Stamp.of(promise);
    if (!task || !task.key) return;
    told(task);
    const raised = reason instanceof Error ? string(reason.name) : 0;
    row(LOSSES, task.number, now(), 3, 0, raised, 0, main);
  } catch (error) { fails(error); }
}

const emit = process.emit;
const says = {
  emit(event, ...args) {
    if (event === 'uncaughtExceptionMonitor') cleans(args[0]);
    if (event === 'unhandledRejection') unread(args[0], args[1]);
    if (event === 'uncaughtException') { running = reacting = false; nested = 0; }
    if (event !== 'exit') return apply(emit, this, arguments);
    try { return apply(emit, this, arguments); } finally { leaves('exit'); }
  },
}.emit;
const wasOwn = Object.getOwnPropertyDescriptor(process, 'emit');
Object.defineProperty(process, 'emit', { value: says, writable: true, configurable: true, enumerable: false });
const { reallyExit } = process;
const exits = process.reallyExit = function (code) { leaves('exit'); return apply(reallyExit, this, arguments); };
undo.push(() => {
  if (process.reallyExit === exits) process.reallyExit = reallyExit;
  if (process.emit === says) { if (wasOwn) Object.defineProperty(process, 'emit', wasOwn); else delete process.emit; }
});

watchAll();
if (isMainThread) profilerBegins();
const stopPromises = promiseHooks.createHook({ init, before, after, settled });
const hook = createHook({ init: born, before: callbackBegins, after: callbackEnds, ...(promisesToo ? {} : { trackPromises: false }) });
hook.enable();
used();
const ticker = setInterval(() => {
  if (lastTick) offset = lastTick - ticker._idleStart * 1e6;
  lastTick = now();
  warming = false;
  if (attached && asked()) return;
  if (alive) try { used(); beside = 0; profilerTurns(lastTick); flush(); } catch (error) { fails(error); }
}, 250);
offset = now() - ticker._idleStart * 1e6;
ticker.unref();
flush(facts());
