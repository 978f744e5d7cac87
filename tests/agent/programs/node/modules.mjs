import { readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
await pass(10);
console.log(readFileSync(new URL(import.meta.url), 'utf8').length > 10, Object.keys(process).includes('emit'));
console.log(process.listenerCount('exit'), Error.stackTraceLimit, Error.prepareStackTrace);
setTimeout(() => { throw new RangeError('out of it'); }, 5);
