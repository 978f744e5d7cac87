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
