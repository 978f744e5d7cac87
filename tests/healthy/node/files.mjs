import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
const folder = await mkdtemp(join(tmpdir(), 'files-'));
const names = Array.from({ length: 10 }, (_, number) => join(folder, `${number}.txt`));
await Promise.all(names.map((name) => writeFile(name, name.repeat(100))));
const texts = await Promise.all(names.map((name) => readFile(name, 'utf8')));
console.log(texts.length);
await rm(folder, { recursive: true });
