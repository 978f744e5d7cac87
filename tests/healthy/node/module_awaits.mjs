import { setTimeout as pass } from 'node:timers/promises';
async function later() { await pass(60); console.log('later'); }
later();
await pass(10);
console.log('module');
