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
