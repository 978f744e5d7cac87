// Promises.
let inJoin = null;
function init(promise, parent) {
  if (!alive) return;
  try {
    if (!rich) return; // what a callback began that could not be afforded is not followed
    tokens--;
    const holder = capture(parent === undefined ? DEEP : 2, init);
    const all = frames(holder);
    let at = 0;
    if (all.length && (all[0].getFunctionName() === 'initAll' || all[0].getFunctionName() === 'init') && String(all[0].getFileName()).startsWith('node:internal/')) at = 1;
    const top = all[at];
    const native = !top || top.isNative() || !top.getFileName();
    if (parent === undefined) {
      if (native) {
        Stamp.put(promise, { settled: 0, made: now() });
        inJoin = top && /^(all|allSettled|any|race)$/.test(top.getFunctionName()) ? promise : null;
      } else enter(promise, top, { stack: all.slice(at + 1) });
    } else if (native) {
      if (inJoin !== null && top && top.getFunctionName() === 'then') joins(parent);
      reaction(promise, parent);
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

function reaction(promise, parent) {
  let note = Stamp.of(parent);
  if (!note) Stamp.put(parent, note = { settled: 0, made: 0 });
  note.handled = true;
  Stamp.put(promise, { settled: 0, made: now(), after: note });
}

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
