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
