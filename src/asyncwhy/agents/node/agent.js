'use strict';
/*
 * asyncwhy's agent for Node.js: loaded by NODE_OPTIONS=--require into every process and worker thread below
 * `asyncwhy run`.  It notes which async function ran when, what it awaited at which line, which built-in call
 * held the loop, and what went to libuv's pool; rows go to a file in the folder ASYNCWHY_STREAM names.
 *
 * The oath (docs/agent.md): no dependency, private copies of what it uses, nothing of the program changed, no
 * error of its own ever raised into it, bounded memory.  Rows are doubles; times are ns of CLOCK_MONOTONIC.
 * `probes/python_stream.py` knows the columns (RAW).
 *
 * Made by scripts/node_agent.py of the files in parts/: those are to be changed, not this one.
 */
(function asyncwhy() {
  // How the agent comes into a process, and its private copies of what it uses.
  // `asyncwhy attach` loads a copy of this file into a running process from a folder of its own, and tells it so.
  const attached = globalThis[Symbol.for('asyncwhy.attach')];
  const folder = attached ? attached.folder : process.env.ASYNCWHY_STREAM;
  if (!folder || globalThis[Symbol.for('asyncwhy.agent')]) return;
  const async_hooks = require('async_hooks');
  const { promiseHooks } = require('v8');
  if (!promiseHooks || !promiseHooks.createHook) return;
  const fs = require('fs');
  const { isMainThread, threadId } = require('worker_threads');
  Object.defineProperty(globalThis, Symbol.for('asyncwhy.agent'), { value: { asked: () => asked() }, configurable: true });

  // --- private copies ---------------------------------------------------------------------------------
  const { openSync, closeSync, writeSync, readSync, readFileSync, statSync, unlinkSync, rmSync } = fs;
  const buffer = Buffer.alloc(64);
  const now0 = performance.now.bind(performance);
  const base = Number(process.hrtime.bigint()) - now0() * 1e6;
  const now = () => base + now0() * 1e6;
  const { executionAsyncResource, createHook } = async_hooks;
  const { captureStackTrace } = Error;
  const later = queueMicrotask;
  const { apply } = Reflect;
  const cpuUsage = process.cpuUsage.bind(process, attached ? process.cpuUsage() : undefined);
  const crc32 = require('zlib').crc32 || slowCrc32();
  const begun = now();

  // Fields that only this file can see, also on frozen objects: they show in no inspection.
  class Stamp extends (function give(object) { return object; }) {
    #note;
    static put(object, note) { if (#note in object) object.#note = note; else new Stamp(object).#note = note; }
    static of(object) { return #note in object ? object.#note : undefined; }
  }

  // Rows and chunks.
  const WIDTH = { 100: 5, 101: 8, 102: 8, 104: 9, 105: 4, 106: 7, 107: 3, 108: 3, 115: 3, 116: 3, 122: 7, 130: 5, 133: 6 };
  const [STEPS, WAITS, TASKS, SAMPLES, HOLDS, SUBMITS, STARTS, ENDS, KEPT, BEGUN, LOSSES, ASKS, TURNS] =
    [100, 101, 102, 104, 105, 106, 107, 108, 115, 116, 122, 130, 133];
  const MOST_ROWS = 200000; // of one table between two flushes (a quarter of a second); beyond, counted
  const tables = {};
  for (const kind of Object.keys(WIDTH)) tables[kind] = { kind: +kind, data: new Float64Array(WIDTH[kind] * 256), used: 0 };
  let dropped = 0, skipped = 0, alive = true, main = 1;
  const failures = [];
  const strings = new Map(), sites = new Map(), stacks = new Map();
  let newStrings = [], newSites = [], newStacks = [], events = [];
  const path = `${folder}/${process.pid}-${Math.round(begun)}${isMainThread ? '' : `-${threadId}`}.node`;

  function row(kind, a, b, c, d, e, f, g, h, i) {
    const table = tables[kind], width = WIDTH[kind];
    if (table.used + width > table.data.length) {
      if (table.used >= MOST_ROWS * width) { dropped++; return; }
      const larger = new Float64Array(table.data.length * 2);
      larger.set(table.data);
      table.data = larger;
    }
    const { data, used } = table;
    data[used] = a; data[used + 1] = b; data[used + 2] = c;
    if (width > 3) {
      data[used + 3] = d;
      if (width > 4) { data[used + 4] = e; if (width > 5) { data[used + 5] = f; data[used + 6] = g; if (width > 7) { data[used + 7] = h; if (width > 8) data[used + 8] = i; } } }
    }
    table.used = used + width;
  }

  function slowCrc32() {
    const table = new Int32Array(256).map((_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n; });
    return (data) => { let c = -1; for (let i = 0; i < data.length; i++) c = table[(c ^ data[i]) & 255] ^ (c >>> 8); return (c ^ -1) >>> 0; };
  }

  function chunk(kind, payload, chunks) {
    const head = Buffer.allocUnsafe(16);
    head.writeUInt32LE(kind, 0); head.writeUInt32LE(process.pid, 4);
    head.writeUInt32LE(payload.length, 8); head.writeUInt32LE(crc32(payload), 12);
    chunks.push(head, payload);
  }

  const json = (kind, value, chunks) => chunk(kind, Buffer.from(JSON_stringify(value)), chunks);
  const JSON_stringify = JSON.stringify;
  const bytes = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

  function flush(last) {
    if (!alive) return;
    plainEnds();
    lastFlush = now();
    const chunks = [];
    const { user, system } = cpuUsage();
    json(1, { ...(last ? facts() : {}), ...last, dropped, skipped_waits: skipped, failures, process_cpu: isMainThread ? (user + system) * 1e3 : 0 }, chunks);
    if (newStrings.length) json(3, newStrings, chunks);
    if (newSites.length) chunk(4, bytes(BigUint64Array.from(newSites, BigInt)), chunks);
    if (newStacks.length) chunk(5, bytes(BigUint64Array.from(newStacks, BigInt)), chunks);
    if (events.length) json(2, events, chunks);
    newStrings = []; newSites = []; newStacks = []; events = [];
    for (const kind of Object.keys(tables)) {
      const table = tables[kind];
      if (table.used) chunk(table.kind, Buffer.from(bytes(table.data.subarray(0, table.used))), chunks);
      table.used = 0;
    }
    try {
      const file = openSync(path, 'a', 0o600);
      try {
        let data = Buffer.concat(chunks);
        while (data.length) data = data.subarray(writeSync(file, data));
      } finally { closeSync(file); }
    } catch { dropped++; }
  }

  const facts = () => ({
    agent: 'node', runtime: 'node', pid: process.pid, parent: process.ppid, begun, main_thread: main, main_native: isMainThread ? process.pid : 0,
    version: process.versions.node, implementation: 'node', executable: process.execPath, command: process.argv,
    cores: (require('os').availableParallelism || (() => require('os').cpus().length))(), folder: process.cwd(), library: 'node:', prefixes: [],
  });

  // Names, sites, stacks.
  function string(text) {
    let number = strings.get(text);
    if (number === undefined) { strings.set(text, number = strings.size + 1); newStrings.push([number, text]); }
    return number;
  }

  function site(frame, nameless) {
    const file = frame.getFileName();
    if (!file || file === __filename) return 0;
    // Of Node's own code only the function matters; its lines would have to be counted first.
    const inner = file.startsWith('node:');
    const key = inner ? `${file}:${frame.getFunctionName()}` : `${file}:${frame.getPosition()}`;
    let number = sites.get(key);
    if (number === undefined) {
      sites.set(key, number = sites.size + 1);
      const name = frame.getFunctionName() || nameless || (frame.isToplevel() ? '<module>' : '<anonymous>');
      codeName.set(number, name);
      const at = file.startsWith('file://') ? decodeURIComponent(file.slice(7)) : file;
      newSites.push(number, string(at), string(name), inner ? 0 : frame.getLineNumber() || 0, inner ? 0 : frame.getColumnNumber() || 0, 0, 0, 0);
    }
    return number;
  }

  const codeName = new Map();
  const givesSites = (_, frames) => frames;
  /** The frames outside `outer`, structured.  They are worked out when asked for, not when captured. */
  function capture(limit, outer) {
    const holder = {}, before = Error.stackTraceLimit;
    Error.stackTraceLimit = limit;
    captureStackTrace(holder, outer);
    Error.stackTraceLimit = before;
    return holder;
  }
  function frames(holder) {
    const before = Error.prepareStackTrace;
    Error.prepareStackTrace = givesSites;
    try { return Array.isArray(holder.stack) ? holder.stack : []; } finally { Error.prepareStackTrace = before; }
  }
  function stackOf(holder, most) {
    const numbers = [];
    for (const frame of frames(holder)) {
      if (frame.isNative && (frame.isNative() || (frame.isAsync && frame.isAsync()))) continue;
      const number = site(frame);
      if (number && numbers.length < most) numbers.push(number);
    }
    return stack(numbers);
  }
  function stack(numbers) {
    if (!numbers.length) return 0;
    const key = numbers.join();
    let number = stacks.get(key);
    if (number === undefined) { stacks.set(key, number = stacks.size + 1); newStacks.push(number, numbers.length, ...numbers); }
    return number;
  }

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

  // The profiler: the lines of what computes.
  // On from the start, so that short scripts show everything.  Without long steps it ends; with them it is read
  // at growing intervals, since each beginning costs about 30 ms.
  const profiler = { session: null, begun: 0, window: 2.5e8, wanted: 0, ended: 0 };
  const waiting = []; // long steps whose samples the profiler still has
  const texts = new Map();

  function profile(method, parameters) {
    let result = null;
    profiler.session.post(method, parameters, (error, value) => { result = error ? null : value; });
    return result;
  }
  function profilerBegins() {
    try {
      if (!profiler.session) {
        const { Session } = require('inspector');
        profiler.session = new Session();
        profiler.session.connect();
        profile('Profiler.enable');
        profile('Profiler.setSamplingInterval', { interval: 1000 });
      }
      if (profile('Profiler.start')) profiler.begun = now();
    } catch { profiler.ended = Infinity; } // a Node without an inspector
  }
  function profilerEnds() {
    if (!profiler.begun) return;
    profiler.begun = 0;
    profiler.ended = now();
    profiler.wanted = 0;
    const answer = profile('Profiler.stop');
    const seen = answer && waiting.length ? seenBy(answer.profile) : [];
    let low = 0;
    for (const one of waiting) {
      while (low < seen.length && seen[low][0] < one.since) low++;
      let high = low;
      while (high < seen.length && seen[high][0] < one.until) high++;
      samples(one, placed(seen.slice(low, high)));
    }
    waiting.length = 0;
  }
  function profilerTurns(time) {
    if (profiler.begun) {
      if (waiting.length && time - profiler.begun >= profiler.window) {
        profiler.window = Math.min(profiler.window * 2, 6e10);
        profilerEnds();
        profilerBegins();
      } else if (!waiting.length && time - profiler.begun > 3e9) profilerEnds();
    } else if (profiler.wanted > 2 && time - profiler.ended > 5e9) profilerBegins();
  }

  /** Each sample's time and node; a node knows its parent, and its own lines with their ticks. */
  function seenBy({ nodes, samples: ids, timeDeltas, startTime }) {
    const known = new Map(nodes.map((node) => [node.id, node]));
    for (const node of nodes) for (const child of node.children || []) known.get(child).parent = node;
    let time = startTime;
    return ids.map((id, at) => [(time += timeDeltas[at]) * 1e3, known.get(id)]);
  }

  /** The profiler counts lines by function, not by sample: the lines of one step's samples follow each other in
      a function without a loop, and alternate in one with a loop. */
  function placed(seen) {
    const count = new Map(), turn = new Map();
    for (const [, node] of seen) count.set(node, (count.get(node) || 0) + 1);
    let before = 0;
    return seen.map(([time, node]) => {
      const lines = node.positionTicks || [], total = lines.reduce((sum, one) => sum + one.ticks, 0);
      const at = turn.get(node) || 0, own = count.get(node);
      turn.set(node, at + 1);
      let share = (loops(node) ? (at * 0.618034) % 1 : (at + 0.5) / own) * total, line = 0;
      for (const one of [...lines].sort((a, b) => a.line - b.line)) if ((share -= one.ticks) < 0) { line = one.line; break; }
      if (isOurs(node)) return [time, -1];
      return [time, before = stackUp(node, line) || before]; // the collector works for whom it interrupts
    });
  }

  /** What the agent does for a hook is no fault of the program's. */
  function isOurs(node) {
    if (node.ours === undefined) {
      const { url } = node.callFrame;
      node.ours = url.endsWith(__filename) || /^node:internal\/(async|promise)_hooks$/.test(url) || ((!url || url.startsWith('node:')) && node.parent !== undefined && isOurs(node.parent));
    }
    return node.ours;
  }

  function linesOf({ url }) {
    if (!texts.has(url)) {
      let lines = [];
      try { if (url && !url.startsWith('node:') && texts.size < 50) lines = readFileSync(url.startsWith('file://') ? new URL(url) : url, 'latin1').split('\n'); } catch { /* it has none */ }
      texts.set(url, lines);
    }
    return texts.get(url);
  }
  function loops(node) {
    if (node.loops === undefined) {
      const ticks = (node.positionTicks || []).map((one) => one.line);
      const text = linesOf(node.callFrame).slice(node.callFrame.lineNumber, Math.max(...ticks, 0)).join('\n');
      node.loops = /\b(for|while)\b/.test(text);
    }
    return node.loops;
  }

  function stackUp(node, line) {
    const numbers = [];
    let inner = null;
    for (let one = node; one; inner = one, one = one.parent) {
      const { url, functionName, lineNumber } = one.callFrame;
      if (!url || url.endsWith(__filename)) continue;
      const at = one === node && line ? line : callLine(one, inner) || lineNumber + 1;
      const key = `${url}:${at}:${functionName}`;
      let number = sites.get(key);
      if (number === undefined) {
        sites.set(key, number = sites.size + 1);
        const file = url.startsWith('file://') ? decodeURIComponent(url.slice(7)) : url;
        newSites.push(number, string(file), string(functionName || (lineNumber ? '<anonymous>' : '<module>')), at, 0, 0, 0, lineNumber + 1);
      }
      if (numbers.length < 60) numbers.push(number);
    }
    return stack(numbers);
  }
  /** The line in a function that calls another: by its name, else where the other one is written inside it. */
  function callLine(node, callee) {
    if (!callee) return 0;
    if (callee.calledAt !== undefined) return callee.calledAt;
    const { functionName: name, url, lineNumber } = callee.callFrame, lines = linesOf(node.callFrame);
    callee.calledAt = url === node.callFrame.url && !name ? lineNumber + 1 : 0;
    if (!name || !/^[\w$.]+$/.test(name)) return callee.calledAt;
    const call = new RegExp(`(^|[^\\w$])${name.split('.').pop().replace(/\$/g, '\\$')}\\s*\\(`), made = new RegExp(`function\\*?\\s+${name.split('.').pop().replace(/\$/g, '\\$')}\\b`);
    for (let at = node.callFrame.lineNumber; at < Math.min(lines.length, node.callFrame.lineNumber + 400); at++) {
      if (at > node.callFrame.lineNumber || !made.test(lines[at])) if (call.test(lines[at]) && !made.test(lines[at])) { callee.calledAt = at + 1; break; }
    }
    return callee.calledAt;
  }

  // Tasks: the calls of async functions, and where each of them stands.
  /** The entry below gets the thread's time up to where the one above began. */
  function open(index) {
    const entry = entries[index];
    if (entry.open) return;
    open(index - 1);
    step(entries[index - 1], entry.since);
    entry.open = true;
  }

  function bottom(time) {
    if (entries.length) return;
    callbackAt(CALLBACK, time, 0, false);
    if (!running) later(() => {}); // a script outside any callback: what comes next ends it
  }

  function told(task) {
    if (task.number) return;
    task.number = ++tasks;
    task.made = stackOf(task.holder, DEEP);
    row(TASKS, task.number, task.created, task.parent ? (told(task.parent), task.parent.number) : 0, task.made, task.code, CALLBACK + task.number, main, 0);
    task.holder = null;
  }

  function enter(promise, top, holder) {
    const time = now(), around = new Set(holder.stack.map(keyOf));
    returned((task) => around.has(task.key), time);
    bottom(time);
    const above = entries[entries.length - 1];
    const task = { number: 0, parent: above.task, created: time, holder, code: site(top, '<anonymous>'), key: keyOf(top), entered: true, settled: 0, wait: 0, resumed: time };
    Stamp.put(promise, task);
    entries.push({ ref: 0, task, since: time, ready: time - SOON, open: false, stack: 0 });
    if (runs !== null && runs.frames) turnCame(task, runs);
  }

  /** Async functions that gave back a promise of another's (`return pbkdf2(...)`) are over without a sign. */
  function returned(stands, time) {
    if (!entries.slice(1).some((entry) => entry.task && stands(entry.task))) {
      if (!entries.length || !entries[0].task || !stands(entries[0].task)) return dropUnopened();
    }
    while (entries.length > 1 && !stands(entries[entries.length - 1].task)) {
      const entry = entries.pop(), below = entries[entries.length - 1];
      if (entry.open) { step(entry, time); below.since = time; below.ready = time - SOON; }
    }
  }
  function dropUnopened() { while (entries.length > 1 && !entries[entries.length - 1].open) entries.pop(); }

  const keyOf = (frame) => `${frame.getFileName()}:${frame.getFunctionName()}`;

  /** An async function awaits: its step ends here. */
  function awaits(promise, parent, top, holder) {
    const time = now(), where = site(top), key = keyOf(top);
    returned((task) => task.key === key, time);
    const awaited = Stamp.of(parent);
    if (awaited && !awaited.where) awaited.handled = true;
    if (awaited && awaited.where) {
      // `await 5` makes two promises: the first one was taken for the await, and is what is waited for.
      Stamp.put(promise, { task: awaited.task, since: awaited.since, where: awaited.where, awaited });
      return;
    }
    bottom(time);
    let entry = entries[entries.length - 1];
    if (!entry.task || entry.task.key !== key) {
      // A module's own await, or one in a generator: nobody told of its beginning.
      const task = { number: 0, parent: entry.task, created: time, holder, code: where, key, settled: 0, wait: 0, resumed: time };
      entries.push(entry = { ref: 0, task, since: time, ready: time - SOON, open: false, stack: 0 });
    }
    const { task } = entry;
    open(entries.length - 1);
    step(entry, time);
    entries.pop();
    if (entries.length) { const below = entries[entries.length - 1]; below.since = time; below.ready = time - SOON; }
    let note = awaited;
    if (!note) Stamp.put(parent, note = { settled: 0, made: 0 });
    Stamp.put(promise, task.pending = { task, since: time, where, awaited: note, settled: 0 });
  }

  // Connections that are limited: `new http.Agent({ maxSockets })`.
  const limits = new WeakMap(); // agents of a limit: where they were made, and their number once somebody queues
  let limited = 0, adding = null; // the request that an agent is taking, and the connection that it gave it at once

  /** A request of an agent that has a limit; where it finds all connections taken, its task will wait for two things. */
  function asks(agent, request, most, queued, socket) {
    const here = entries[entries.length - 1];
    if (!here || !here.task || warming) return;
    const { task } = here;
    open(entries.length - 1);
    told(task);
    let limit = limits.get(agent);
    if (limit === undefined) limits.set(agent, limit = { stack: 0, number: 0 });
    if (queued && !limit.number) {
      limit.number = ++limited;
      events.push({ event: 'primitive', primitive: limit.number, module: 'http', kind: 'Agent', limit: most, stack: limit.stack });
    }
    if (queued) for (let one = task; one; one = one.parent) one.queued = (one.queued || 0) + 1;
    if (socket) holders.set(socket, task); // it has got one at once
    else Stamp.put(request, { asking: task, limit: queued ? limit.number : 0 });
  }

  const holders = new WeakMap(); // connections: the task whose request has or had it last
  const waitsNow = (task) => { while (task && !task.pending) task = task.parent; return task; };

  /** It is its turn.  The task, or the one that it left its promise to, has been waiting for a connection until now,
      and waits for the answer from now on; whose answer has come just now has let it go. */
  function connects({ asking, limit }, socket) {
    const before = waitsNow(holders.get(socket)), task = waitsNow(asking);
    if (socket) holders.set(socket, asking);
    if (!limit) return;
    for (let one = asking; one; one = one.parent) one.queued--;
    if (!task || task.queued || warming) return;
    row(ASKS, task.pending.since, limit, task.number, 1, main);
    const since = before && before !== task ? goesOn(before, 'Promise', 0) : 0;
    goesOn(task, 'http.Agent', since);
  }

  /** A moment of a task in the middle of its wait, which is two from here on; who was made ready in it, is told so. */
  function goesOn(task, kind, made) {
    const note = task.pending, time = now(), ready = made || time - SOON;
    bottom(time);
    entries.push({ ref: task.number, task, since: time, ready, open: false, stack: 0 });
    open(entries.length - 1);
    if (time - note.since >= WAIT) {
      row(WAITS, task.number, note.since, ready, time, stack([note.where]), string(kind), 0, main);
      if (task.wait++) row(KEPT, task.number, note.since, 1);
    }
    const until = note.since = Math.max(now(), time + 10 * SOON);
    step(entries.pop(), until);
    const below = entries[entries.length - 1];
    below.since = until; below.ready = until - SOON;
    return time + 5 * SOON;
  }

  function watchConnections() {
    const http = require('http'), { Agent, ClientRequest } = http;
    const { addRequest } = Agent.prototype, { onSocket } = ClientRequest.prototype;
    const adds = Agent.prototype.addRequest = function (request) {
      const most = Math.min(this.maxSockets, this.maxTotalSockets);
      if (!alive || !(most < Infinity)) return apply(addRequest, this, arguments);
      const count = () => { let all = 0; for (const name in this.requests) all += this.requests[name].length; return all; };
      const before = count(), outer = adding, own = adding = { request, socket: null };
      let result;
      try { result = apply(addRequest, this, arguments); } finally { adding = outer; }
      try { asks(this, request, most, count() > before, own.socket); } catch (error) { fails(error); }
      return result;
    };
    const connected = ClientRequest.prototype.onSocket = function (socket) {
      if (adding !== null && adding.request === this) adding.socket = socket;
      if (alive) try {
        const note = Stamp.of(this);
        if (note !== undefined && note.asking) { Stamp.put(this, {}); connects(note, socket); }
      } catch (error) { fails(error); }
      return apply(onSocket, this, arguments);
    };
    const made = new Proxy(Agent, {
      construct(target, args, called) {
        const agent = Reflect.construct(target, args, called);
        try { if (alive && args[0] && (args[0].maxSockets || args[0].maxTotalSockets)) limits.set(agent, { stack: stackOf(capture(DEEP, made), DEEP), number: 0 }); } catch (error) { fails(error); }
        return agent;
      },
    });
    http.Agent = made;
    undo.push(() => {
      if (http.Agent === made) http.Agent = Agent;
      if (Agent.prototype.addRequest === adds) Agent.prototype.addRequest = addRequest;
      if (ClientRequest.prototype.onSocket === connected) ClientRequest.prototype.onSocket = onSocket;
    });
  }

  // Connections of undici, which `fetch` is made of: it tells by channels what it does, whichever copy of it.
  const wanted = new WeakMap(); // requests: their task, and when they were made
  const busy = new Map(); // origins: the requests that have a connection, their limit as far as seen, and its number
  const lastOn = new WeakMap(); // connections: the request that had it last, and when that was over

  function undiciAsks({ request }) {
    const task = current();
    if (!alive || !task || warming) return;
    if (entries.length) open(entries.length - 1);
    told(task);
    wanted.set(request, { task, made: now(), over: 0 });
  }

  /** A request has a connection.  Where that was another's until after it was made, it has queued for it. */
  function undiciSends({ request, socket }) {
    const own = wanted.get(request);
    if (!alive || own === undefined) return;
    let origin = busy.get(request.origin);
    if (origin === undefined) busy.set(request.origin, origin = { now: new Set(), most: 0, number: 0 });
    origin.now.add(request);
    const last = lastOn.get(socket);
    lastOn.set(socket, own);
    if (last === undefined || last.over < own.made + WAIT) return;
    if (origin.now.size > origin.most || !origin.number) {
      origin.number = origin.number || ++limited;
      origin.most = Math.max(origin.most, origin.now.size);
      events.push({ event: 'primitive', primitive: origin.number, module: 'undici', kind: 'Dispatcher', limit: origin.most, stack: 0 });
    }
    const task = waitsNow(own.task), before = waitsNow(last.task);
    if (!task || warming || own.made < task.pending.since - WAIT) return;
    row(ASKS, task.pending.since, origin.number, task.number, 1, main);
    goesOn(task, 'undici', before && before !== task ? goesOn(before, 'Promise', 0) : 0);
  }

  function undiciEnds({ request }) {
    const own = wanted.get(request), origin = busy.get(request.origin);
    if (own !== undefined) own.over = now();
    if (origin !== undefined) origin.now.delete(request);
  }

  function watchUndici() {
    const { channel } = require('diagnostics_channel');
    const ways = { create: undiciAsks, trailers: undiciEnds, error: undiciEnds, sendHeaders: undiciSends };
    for (const [name, does] of Object.entries(ways)) {
      const told = channel(name === 'sendHeaders' ? 'undici:client:sendHeaders' : `undici:request:${name}`);
      const listens = (message) => { if (alive) try { does(message); } catch (error) { fails(error); } };
      told.subscribe(listens);
      undo.push(() => told.unsubscribe(listens));
    }
  }

  // Promises.
  let inJoin = null;
  function init(promise, parent) {
    if (!alive) return;
    try {
      if (!rich) return; // what a callback began that could not be afforded is not followed
      tokens--;
      const holder = capture(parent === undefined ? DEEP : 3, init);
      const all = frames(holder);
      let at = 0;
      if (all.length && (all[0].getFunctionName() === 'initAll' || all[0].getFunctionName() === 'init') && String(all[0].getFileName()).startsWith('node:internal/')) at = 1;
      const top = all[at];
      const native = !top || top.isNative() || !top.getFileName();
      if (parent === undefined) {
        if (native) {
          const several = top && /^(all|allSettled|any|race)$/.test(top.getFunctionName());
          Stamp.put(promise, { settled: 0, made: now(), maker: current(), frames: several ? null : all.slice(at) });
          inJoin = several ? promise : null;
        } else enter(promise, top, { stack: all.slice(at + 1) });
      } else if (native) {
        if (inJoin !== null && top && top.getFunctionName() === 'then') joins(parent);
        reaction(promise, parent, all.slice(at));
      } else awaits(promise, parent, top, { stack: all.slice(at) });
    } catch (error) { fails(error); }
  }

  /** What `Promise.all` waits for: it began when the first of them did. */
  function joins(input) {
    const note = Stamp.of(input), join = Stamp.of(inJoin);
    const made = note && (note.created || note.made);
    if (made && made < join.made) join.made = made;
    join.several = true;
  }

  const current = () => (entries.length ? entries[entries.length - 1].task : null);

  function reaction(promise, parent, stack) {
    let note = Stamp.of(parent);
    if (!note) Stamp.put(parent, note = { settled: 0, made: 0 });
    note.handled = true;
    Stamp.put(promise, { settled: 0, made: now(), after: note, maker: current(), frames: note.frames || stack });
  }

  /** A task is what somebody else has asked for before: in a queue it waited for its turn until it began, or until
      those began that called it at once. */
  function turnCame(task, asked) {
    const { made, maker, frames } = asked;
    asked.frames = null;
    while (task.parent && task.parent.created - made >= WAIT && task.created - task.parent.created < WAIT) task = task.parent;
    if (task.asked || !frames || !maker || maker === task || task.created - made < WAIT || warming) return;
    task.asked = true;
    told(maker);
    told(task);
    row(TURNS, task.created, made, task.number, maker.number, main, stackOf({ stack: frames }, DEEP));
  }
  let runs = null; // the promise of the reaction that runs

  function before(promise) {
    if (!alive) return;
    try {
      const time = now(), note = Stamp.of(promise);
      if ((++drained & 255) === 0) drainedTo(time, note && note.where);
      end(time);
      running = reacting = true; nested = 0;
      rich = (note !== undefined || attached) && afford(); // inherited from where it was awaited
      if (!rich && note) skipped++;
      if (note && note.task) {
        const { task, awaited } = note;
        const ready = Math.max(awaited.settled, note.since); // what was done before it was awaited has no time
        waited(task, note, ready, time);
        task.resumed = time;
        task.pending = null;
        entries.push({ ref: task.number, task, since: time, ready, open: true, stack: 0 });
      } else {
        const settled = note && note.after ? note.after.settled : 0;
        runs = note !== undefined && note.after ? note : null;
        callbackAt(CALLBACK, time, settled, false);
      }
    } catch (error) { fails(error); }
  }

  function waited(task, note, ready, time) {
    const { awaited } = note;
    if (time - note.since < WAIT || warming) return;
    const other = awaited.code ? awaited : null;
    const kind = awaited.several ? '_GatheringFuture' : other ? 'Task' : 'Promise';
    row(WAITS, task.number, note.since, ready, time, stack([note.where]), string(kind), other && other.number ? other.number : 0, main);
    if (task.wait) row(KEPT, task.number, note.since, 1);
    const made = awaited.created || awaited.made || 0;
    if (made && made < task.resumed) row(BEGUN, task.number, note.since, made);
    task.wait++;
  }

  function settled(promise) {
    if (!alive) return;
    try {
      const note = Stamp.of(promise);
      if (note === undefined) return;
      const time = note.settled = now();
      if (note.frames) {
        // What a promise was resolved with, if that is a task's: it settles in a reaction of that one.
        const task = runs !== null && runs.after.key ? runs.after : current();
        if (note.after === undefined && time - note.made >= WAIT && task) turnCame(task, note);
        note.frames = null;
      }
      if (note.number && !note.handled && note.parent && note.parent.settled && note.parent.entered && !note.parent.key.startsWith('node:')) floats(note, time);
      const last = entries[entries.length - 1];
      if (last !== undefined && note.key !== undefined && last.task === note && !last.open) {
        // It came back without any await: its time is its caller's, unless it was long.
        if (time - last.since >= LONG / 2) {
          open(entries.length - 1);
          step(last, time);
          entries.pop();
          const below = entries[entries.length - 1];
          below.since = time; below.ready = time - SOON;
        } else entries.pop();
      }
    } catch (error) { fails(error); }
  }

  /** An async function ended after whoever had called it, and nobody has ever asked for its promise. */
  function floats(task, time) {
    const name = codeName.get(task.code);
    events.push({ event: 'never-awaited', name, code: task.code, stack: task.made, time: Math.round(time) });
  }

  function after() {
    running = reacting = false;
    runs = null;
    rich = true; // a script outside any callback
    if (alive) try { end(leftAt = now()); } catch (error) { fails(error); }
  }

  /** Whatever ran has left the thread. */
  function end(time) {
    while (entries.length) {
      const entry = entries[entries.length - 1];
      if (entry.open) step(entry, time);
      entries.pop();
      if (entries.length) entries[entries.length - 1].since = time;
    }
  }

  // Callbacks and libuv's pool.
  const POOL = /^(FSREQ|FILEHANDLECLOSEREQ|PBKDF2|SCRYPT|HKDF|RANDOM|HASHREQ|CIPHERREQ|KEYGEN|KEYPAIRGEN|SIGNREQ|VERIFYREQ|CHECKPRIME|DERIVEBITS|GETADDRINFO|GETNAMEINFO)/;
  const OTHER = 1, TICK = 2, JOB = 3, FOLLOWS = 4, PLAIN = 5;
  const types = new Map([['TickObject', TICK]]); // which of them a type of resource is
  // What the latest resources are, by the low bits of their ids, so that most need not be looked at: ticks, those that
  // follow the callback which asked for them, and what the system makes ready (once seen).
  const ids = new Float64Array(4096), kinds = new Uint8Array(4096);
  let workers = 0; // read when the first job is sent, as libuv does
  const [major] = process.versions.node.split('.').map(Number);
  const promisesToo = major < 24;
  let jobs = 0, offset = 0;
  // async_hooks tell of promises too (before Node 24), inside what the promise hooks tell of; and
  // `AsyncResource.runInAsyncScope` is a call within a step.  Both count as nested, and begin no step.
  let running = false, reacting = false, nested = 0, leftAt = 0; // reacting: what runs is a promise's
  const slots = [], line = []; // the jobs of the workers; those that wait for one, from `first` on
  let first = 0, queued = 0;

  function born(id, type, trigger, resource) {
    if (type === 'PROMISE' || !alive) return;
    try {
      let kind = types.get(type);
      if (kind === undefined) types.set(type, kind = POOL.test(type) ? JOB : OTHER);
      ids[id & 4095] = id; kinds[id & 4095] = kind === TICK && running ? FOLLOWS : kind;
      if (kind !== JOB || !resource) return;
      const time = now();
      const here = entries[entries.length - 1];
      let where = 0;
      if (rich) { tokens--; where = stackOf(capture(DEEP * 2, born), DEEP); }
      if (here && here.task) { open(entries.length - 1); told(here.task); }
      if (!workers) workers = Math.max(1, Math.min(1024, parseInt(process.env.UV_THREADPOOL_SIZE, 10) || 4));
      const job = { number: ++jobs, time, end: 0, worker: -1 };
      row(SUBMITS, job.number, 1, time, main, here && here.task ? here.task.number : 0, where, codeOf(type));
      if (slots.filter(Boolean).length < workers) jobStarts(job, time); else { line.push(job); queued++; }
      Stamp.put(resource, { job });
    } catch (error) { fails(error); }
  }

  const codes = new Map();
  function codeOf(type) {
    let number = codes.get(type);
    if (number === undefined) {
      codes.set(type, number = -codes.size - 1);
      sites.set(`pool:${type}`, number = sites.size + 1);
      codes.set(type, number);
      newSites.push(number, string('node:libuv'), string(type.replace(/REQ(UEST|CALLBACK|PROMISE|WRAP)?$/, '').toLowerCase()), 0, 0, 0, 0, 0);
    }
    return number;
  }

  /** libuv takes jobs in the order in which they came, each when a worker is free. */
  function jobStarts(job, time) {
    let worker = slots.indexOf(undefined);
    if (worker < 0) worker = slots.length < workers ? slots.length : 0;
    slots[job.worker = worker] = job;
    if (!pooled[worker]) worksIn(worker, time);
    row(STARTS, job.number, time, 101 + worker);
  }
  function jobEnds(job, time) {
    job.end = time;
    row(ENDS, job.number, time, 0);
    if (job.worker < 0) { jobStarts(job, job.time); queued--; } // it did not wait for its turn after all
    slots[job.worker] = undefined;
    while (first < line.length && line[first].end) first++;
    if (first < line.length && queued) { jobStarts(line[first++], time); queued--; }
    if (first > 1000) { line.splice(0, first); first = 0; }
  }
  const pooled = [];
  function worksIn(worker, time) {
    if (!pooled.length) events.push({ event: 'pool', pool: 1, kind: 'libuv', workers, name: 'libuv', stack: 0 });
    pooled[worker] = true;
    events.push({ event: 'thread', thread: 101 + worker, native: 0, name: `libuv_${worker}`, time: Math.round(time), asked: Math.round(time), starter: main, stack: 0, target: codeOf('worker') });
  }

  // --- turns of the loop that do not end ----------------------------------------------------------------
  // Promises and ticks that go on at once run before the loop looks at timers and sockets again, however many.
  const STARVES = 5e7; // ns: what waits for the loop notices
  let turned = begun, drained = 0, drainEnd = 0, drainedAt = 0;
  function drainedTo(time, where) {
    drainEnd = time;
    if (where) drainedAt = where;
  }
  function turns(time) {
    if (drainEnd - turned >= STARVES && drained >= 1000 && drainedAt && !warming) events.push({ event: 'starved', thread: main, time: Math.round(turned), until: Math.round(drainEnd), steps: drained, stack: stack([drainedAt]) });
    turned = time; drained = 0; drainEnd = 0; drainedAt = 0;
  }

  function callbackBegins(id) {
    if (!alive) return;
    if (reacting) { nested++; return; }
    try {
      const kind = ids[id & 4095] === id ? kinds[id & 4095] : OTHER;
      if (kind === TICK || kind === FOLLOWS) ticks(kind);
      else if (kind === PLAIN && chain === null) plainTurn();
      else turnsTo(executionAsyncResource(), id);
    } catch (error) { fails(error); }
  }
  /** Ticks that a callback asked for run when it has left, and the loop does nothing in between. */
  function ticks(kind) {
    if (running) { nested++; return; }
    const time = kind === FOLLOWS && entries.length === 0 ? leftAt : now();
    end(time);
    if ((++drained & 255) === 0) drainedTo(time, 0);
    running = true; nested = 0;
    rich = afford();
    callbackAt(CALLBACK, time, 0, false);
  }
  function plainTurn() {
    if (running) { nested++; return; }
    const time = now();
    end(time);
    turns(time);
    running = true; nested = 0;
    rich = afford();
    callbackAt(CALLBACK, time, 0, false);
  }
  function turnsTo(resource, id) {
    const timer = resource && resource._onTimeout;
    if (running && !timer) { nested++; return; }
    const note = resource ? Stamp.of(resource) : undefined, time = now();
    end(time);
    if (resource && resource.constructor !== Object) turns(time); else if ((++drained & 255) === 0) drainedTo(time, 0);
    running = true; nested = 0;
    rich = afford();
    let ref = CALLBACK, ready = 0;
    const mute = resource === ticker;
    if (timer) {
      ref += TIMER;
      if (offset) ready = Math.min((resource._idleStart + resource._idleTimeout + 1) * 1e6 + offset, time);
    } else if (note && note.job) {
      if (!note.job.end) jobEnds(note.job, time);
      ready = -time; // another thread made it ready
    } else if (resource && resource.constructor && SYSTEM.test(resource.constructor.name)) {
      if (chain !== null && loopCount() !== chain.count) chain = null;
      if (chain !== null) ready = chain.since;
      ids[id & 4095] = id; kinds[id & 4095] = PLAIN;
    } else if (chain !== null && loopCount() !== chain.count) chain = null;
    callbackAt(ref, time, ready, mute);
  }
  function callbackEnds() {
    if (nested) nested--; else after();
  }

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
})();
