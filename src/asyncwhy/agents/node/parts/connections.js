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
