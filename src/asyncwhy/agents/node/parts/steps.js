// What is running.
// An entry is {ref, task, since, ready, open}: since when it has the thread.  A callback's or a resumed
// task's entry is the bottom; async functions that it calls lie on top until their first await.
const CALLBACK = 2 ** 40, TIMER = 2 ** 41, DEEP = 12;
const LONG = 2e6, SMALL = 2e5, WAIT = 1e6, SOON = 100; // ns: a long step; a wait that is told; just before
let entries = [], outer = [], looping = false, tokens = 5000, refilled = begun, rich = true, tasks = 0;
let lastFlush = begun, lastTick = 0;
let warming = Boolean(attached); // until the first tick: functions that the hooks have V8 compile anew are no fault of theirs
const held = []; // built-in calls that held the current step: start, end, stack, whether it computed
let cpuClock = 0;

function afford() {
  if (tokens < 200) {
    const time = now();
    tokens = Math.min(5000, tokens + (time - refilled) * 1e-6); // 1,000 stacks per second
    refilled = time;
  }
  return tokens >= 1;
}

function loopBegins(time) {
  looping = true;
  events.push({ event: 'run', loop: 1, thread: main, time: Math.round(time), implementation: 'libuv', selector: 'libuv', debug: false, stack: 0, cpu: 0 });
}

function step(entry, until) {
  if (entry.mute || warming) return;
  if (entry.task && !entry.ref) { told(entry.task); entry.ref = entry.task.number; }
  if (!looping) loopBegins(entry.since);
  const length = until - entry.since;
  beside += length;
  if (entry.ref === CALLBACK && entry.ready === 0 && length < SMALL && held.length === 0) plain(entry.since, until);
  else {
    plainEnds();
    row(STEPS, entry.since, until, Math.abs(entry.ready) <= until ? entry.ready : 0, entry.ref, main);
    const calls = held.length ? taken(until) : held;
    if (length >= LONG) long(entry, until, calls);
    else if (length >= SMALL) small(entry, until, calls);
  }
  if (until - lastFlush > 3e8) flush();
}

// Short callbacks of which no more is known, and which follow each other at once, are one step: it is written when
// something else comes.  The analysis would take them for one as well.
const STRAIGHT = 5e4; // ns: a loop that goes straight on takes less (`analysis/overhead.py`)
let plainSince = 0, plainUntil = 0;
function plain(since, until) {
  if (since - plainUntil < STRAIGHT && until - plainSince < SMALL) { plainUntil = until; return; }
  plainEnds();
  plainSince = since;
  plainUntil = until;
}
/** What a callback of no task is while it runs: one object for all, since only one runs at a time. */
const callback = { ref: CALLBACK, task: null, since: 0, ready: 0, open: true, stack: 0, mute: false };
function callbackAt(ref, since, ready, mute) {
  callback.ref = ref; callback.since = since; callback.ready = ready; callback.mute = mute; callback.open = true;
  entries.push(callback);
}
function plainEnds() {
  if (plainUntil) row(STEPS, plainSince, plainUntil, 0, CALLBACK, main);
  plainUntil = 0;
}

/** The held calls of a step that ends: what an async function that it called did is that function's. */
function taken(until) {
  let count = 0;
  while (count < held.length && held[count][0] < until) count++;
  return held.splice(0, count);
}

/** A short step that is no trifle: what held it, or that its function computed. */
function small(entry, until, calls) {
  for (const [from, to, where, computes] of calls) sample(from, to, where, computes);
  if (!calls.length && entry.task && until - entry.since >= LONG / 4) sample(entry.since, until, stack([entry.task.code]), true);
}

/** A long step's samples: its held calls, and for the rest what the profiler saw or where its function stands;
    none if it did not run: a thread that waits for a core on a busy machine computes nothing. */
function long(entry, until, calls) {
  let left = until - entry.since;
  for (const [from, to] of calls) left -= to - from;
  const [cpu, delay] = left >= LONG / 2 ? used() : [left, 0];
  const sure = cpu - (beside - (until - entry.since)) >= left / 2;
  const ran = sure || delay < left / 2, computes = sure || cpu >= left / 2;
  beside = 0;
  const count = loopCount();
  if (count && (chain === null || chain.count !== count)) chain = { count, since: entry.since };
  const one = { since: entry.since, until, own: entry.task ? stack([entry.task.code]) : 0, calls: calls.slice(), computes, ran };
  if (profiler.begun && waiting.length < 5000) waiting.push(one); else samples(one, []);
  if (ran && left >= LONG) profiler.wanted++;
}

// What libuv found ready in one look at the system runs in one turn of the loop: behind a long step of the same
// turn it was late by that step.  Asked only after a long step; before Node 20.18 nobody tells.
let chain = null;
const SYSTEM = /^(TCP|Pipe|TTY|UDP|TLSWrap|HTTP\w+|Http2\w+)$/;
function loopCount() {
  const told = timing.uvMetricsInfo;
  return told ? told.loopCount : 0;
}
const timing = performance.nodeTiming;

/** `seen` are the profiler's samples within the step: time and stack. */
function samples(one, seen) {
  let at = one.since, next = 0;
  const rest = (to) => {
    while (next < seen.length && seen[next][0] < at) next++;
    for (; next < seen.length && seen[next][0] < to; next++) {
      const end = next + 1 < seen.length && seen[next + 1][0] < to ? seen[next + 1][0] : to;
      if (seen[next][1] >= 0) sample(at, end, seen[next][1] || one.own, true);
      at = end;
    }
    if (one.ran && to - at > 1e5) sample(at, to, one.own, one.computes);
  };
  for (const [from, to, where, computes] of one.calls) {
    if (from < at) continue;
    rest(from);
    sample(from, to, where, computes);
    at = to;
  }
  rest(one.until);
  row(HOLDS, one.since, one.until, main, cpuClock);
}

let read = [0, 0], beside = 0; // ns that all steps took since that reading
/** The CPU time of this thread and what it stood in the run queue, since the last reading. */
function used() {
  try {
    const file = openSync('/proc/thread-self/schedstat', 'r');
    const length = readSync(file, buffer, 0, 64, 0);
    closeSync(file);
    const [cpu, delay] = buffer.latin1Slice(0, length).split(' ').map(Number);
    const since = [cpu - read[0], delay - read[1]];
    read = [cpu, delay];
    return since;
  } catch { return [Infinity, 0]; }
}
function sample(from, to, where, computes) {
  const before = cpuClock;
  if (computes) cpuClock += to - from;
  row(SAMPLES, from, to, main, where, before, cpuClock, 0, 1, 0);
}
