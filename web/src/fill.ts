// Puts what happened in a row into its strip: which stretch of which record stands where, at this moment of the slide.
import type { Lit } from "./light";
import { STEP, WAIT } from "./light";
import type { Away, Blend, Group, Times } from "./schedule";
import { AWAITING, JOB, JOB_BUSY, LEFT, RAN, READY, type Heap, type Strip } from "./strip";

export interface Scene {
  blend: Blend;
  lit: Lit | null;
  /** Pixels per unit, and the unit at the left edge. */
  scale: number;
  left: number;
}
export interface Strips {
  bright: Strip;
  dim: Strip;
}

/** A task: awaiting, ready and on the loop, one after the other. */
export function fillTask(group: Group, task: number, scene: Scene, { bright, dim }: Strips): void {
  const [a, b] = scene.blend.ends(group);
  const k = scene.blend.share;
  const { scale, left, lit } = scene;
  const { kind, steps } = group.records;
  const until = group.first[task + 1]!;
  let first = group.first[task]!;
  if (a === b) first = firstSeen(a, first, until, left);
  const right = left + bright.width / scale;
  let before = first > group.first[task]! ? b.end[first - 1]! : NaN;
  for (let record = first; record < until; record += 1) {
    const release = a.release[record]! + (b.release[record]! - a.release[record]!) * k;
    const start = a.start[record]! + (b.start[record]! - a.start[record]!) * k;
    const end = a.end[record]! + (b.end[record]! - a.end[record]!) * k;
    const flags = lit ? lit.records[record]! : STEP | WAIT;
    const x = (start - left) * scale;
    const x2 = (end - left) * scale;
    const wait = flags & WAIT ? bright : dim;
    if (before < release) wait.add(AWAITING, (before - left) * scale, (release - left) * scale);
    if (steps[record]! > 1) {
      folded(flags & STEP ? bright : dim, RAN + kind[record]!, x, x2, a, b, k, record);
    } else {
      if (release < start) wait.add(READY, (release - left) * scale, x);
      (flags & STEP ? bright : dim).add(RAN + kind[record]!, x, x2);
    }
    before = end;
    if (end > right && a === b) break;
  }
}

function folded(strip: Strip, state: number, x: number, x2: number, a: Times, b: Times, k: number, record: number): void {
  const length = Math.max((a.end[record]! - a.start[record]!) * (1 - k) + (b.end[record]! - b.start[record]!) * k, 1);
  const held = (a.held[record]! * (1 - k) + b.held[record]! * k) / length;
  const ready = (a.ready[record]! * (1 - k) + b.ready[record]! * k) / length;
  const most = Math.max(held, 0) > 0.999 ? 0.999 : Math.max(held, 0);
  strip.add(state, x, x2, most);
  strip.add(READY, x, x2, Math.max(Math.min(ready, 1 - most), 0));
  if (most + ready < 0.9) strip.add(AWAITING, x, x2);
}

/** The first record that ends after a moment. */
export function firstSeen(times: Times, from: number, until: number, moment: number): number {
  let low = from;
  let high = until;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times.end[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A thread: what ran on its loop, the jobs that it took, and what it did besides. */
export function fillThread(group: Group, thread: number, scene: Scene, strips: Strips): void {
  fillLoop(group, thread, scene, strips);
  const { lit, left, scale, blend } = scene;
  const [a, b] = blend.ends(group);
  const { worker, busy } = group.jobs;
  for (let job = 0; job < worker.length; job += 1) {
    if (worker[job] !== thread) continue;
    const strip = !lit || lit.jobs[job]! ? strips.bright : strips.dim;
    const x = (blend.mix(a.jobStart[job]!, b.jobStart[job]!) - left) * scale;
    const x2 = (blend.mix(a.jobEnd[job]!, b.jobEnd[job]!) - left) * scale;
    strip.add(busy[job]! ? JOB_BUSY : JOB, x, x2);
  }
  const { samples } = group;
  for (let at = 0; at < samples.thread.length; at += 1) {
    if (samples.thread[at] !== thread) continue;
    const strip = !lit || lit.samples[at]! ? strips.bright : strips.dim;
    strip.add(samples.busy[at]! ? JOB_BUSY : JOB, (samples.start[at]! - left) * scale, (samples.end[at]! - left) * scale);
  }
}

function fillLoop(group: Group, thread: number, scene: Scene, strips: Strips): void {
  const [a, b] = scene.blend.ends(group);
  const k = scene.blend.share;
  const { scale, left, lit } = scene;
  const { kind, steps } = group.records;
  const own = group.ofThread[thread]!;
  for (const record of own) {
    const start = a.start[record]! + (b.start[record]! - a.start[record]!) * k;
    const end = a.end[record]! + (b.end[record]! - a.end[record]!) * k;
    const strip = !lit || lit.records[record]! & STEP ? strips.bright : strips.dim;
    const weight = steps[record]! > 1 ? share(a, b, k, record) : 1;
    strip.add(RAN + kind[record]!, (start - left) * scale, (end - left) * scale, weight);
  }
}

function share(a: Times, b: Times, k: number, record: number): number {
  const length = Math.max((a.end[record]! - a.start[record]!) * (1 - k) + (b.end[record]! - b.start[record]!) * k, 1);
  return Math.min((a.held[record]! * (1 - k) + b.held[record]! * k) / length, 1);
}

/** The stretches that leave the loop in one of the two schedules, with how far they have left (0 to 1). */
export function leaving(group: Group, blend: Blend): { away: Away; from: number; until: number; gone: number }[] {
  const made: ReturnType<typeof leaving> = [];
  const k = blend.share;
  const [a, b] = blend.ends(group);
  if (a !== b) for (const away of a.away) made.push({ away, from: away.left + (away.from - away.left) * k, until: away.back + (away.until - away.back) * k, gone: 1 - k });
  for (const away of b.away) {
    const on = a === b ? 1 : k;
    made.push({ away, from: away.from + (away.left - away.from) * on, until: away.until + (away.back - away.until) * on, gone: on });
  }
  return made.filter(({ gone }) => gone > 0);
}

/** Adds those of a task or a thread to a strip of their own. */
export function fillLeaving(group: Group, mine: (record: number) => boolean, scene: Scene, strip: Strip): number {
  let gone = 0;
  for (const one of leaving(group, scene.blend)) {
    if (!mine(one.away.record)) continue;
    strip.add(LEFT, (one.from - scene.left) * scene.scale, (one.until - scene.left) * scene.scale);
    ({ gone } = one);
  }
  return gone;
}

/** Many tasks as one: how many of them were on the loop, ready, awaiting. */
export function heapTasks(group: Group, tasks: number[], scene: Scene, heaps: { held: Heap; ready: Heap; awaiting: Heap }): void {
  const [a, b] = scene.blend.ends(group);
  const k = scene.blend.share;
  const { scale, left } = scene;
  const { steps } = group.records;
  for (const task of tasks) {
    let before = NaN;
    for (let record = group.first[task]!; record < group.first[task + 1]!; record += 1) {
      const release = (a.release[record]! + (b.release[record]! - a.release[record]!) * k - left) * scale;
      const start = (a.start[record]! + (b.start[record]! - a.start[record]!) * k - left) * scale;
      const end = (a.end[record]! + (b.end[record]! - a.end[record]!) * k - left) * scale;
      if (before < release) heaps.awaiting.add(before, release);
      heaps.ready.add(release, start);
      heaps.held.add(start, end, steps[record]! > 1 ? share(a, b, k, record) : 1);
      before = end;
    }
  }
  const gone = leaving(group, scene.blend);
  heapLeaving(group, gone.length ? new Set(tasks) : new Set(), gone, scene, heaps);
}

function heapLeaving(group: Group, tasks: Set<number>, all: ReturnType<typeof leaving>, { left, scale }: Scene, heaps: { held: Heap; awaiting: Heap }): void {
  for (const { away, from, until, gone } of all) {
    if (!tasks.has(group.records.row[away.record]!)) continue;
    heaps.held.add((from - left) * scale, (until - left) * scale, -gone);
    heaps.awaiting.add((from - left) * scale, (until - left) * scale, gone);
  }
}

/** A pool: how many of its jobs ran, and how many waited for a worker. */
export function heapPool(group: Group, pool: number, scene: Scene, heaps: { running: Heap; queued: Heap }): void {
  const [a, b] = scene.blend.ends(group);
  const { left, scale, blend } = scene;
  const { submitted } = group.jobs;
  group.jobs.pool.forEach((one, job) => {
    if (one !== pool) return;
    const start = blend.mix(a.jobStart[job]!, b.jobStart[job]!);
    const end = blend.mix(a.jobEnd[job]!, b.jobEnd[job]!);
    heaps.queued.add((Math.min(submitted[job]!, start) - left) * scale, (start - left) * scale);
    heaps.running.add((start - left) * scale, (end - left) * scale);
  });
}

