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
