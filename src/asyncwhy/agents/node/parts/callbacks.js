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
