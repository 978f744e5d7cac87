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
