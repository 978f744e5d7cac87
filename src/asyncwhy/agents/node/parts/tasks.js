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
