// What lies beneath the pointer, and what the arrow keys come to next.
import { labelOf } from "./board";
import { count } from "./measures";
import { firstSeen } from "./fill";
import type { Row } from "./rows";
import type { Group, Picture } from "./schedule";
import type { Hit } from "./sentence";

/** The stretch of a row at a moment; `slack` units beside it count too. */
export function hit(whole: Picture, row: Row, at: number, schedule: number, slack: number): Hit | null {
  const group = whole.groups[row.group]!;
  const g = group.index;
  if (row.kind === "task") return ofTask(group, row.members[0]!, at, schedule, slack);
  if (row.kind === "thread") return ofThread(group, row.members[0]!, at, schedule, slack);
  if (row.kind === "pool") return { kind: "row", group: g, text: ofPool(group, row.members[0]!, at, schedule) };
  if (row.kind === "tasks") return { kind: "row", group: g, text: `${labelOf(row, whole)}: ${ofMany(group, row.members, at, schedule)}` };
  return row.kind === "threads" ? { kind: "row", group: g, text: labelOf(row, whole) } : null;
}

function ofTask(group: Group, task: number, at: number, schedule: number, slack: number): Hit | null {
  const times = group.times[schedule]!;
  const until = group.first[task + 1]!;
  const record = firstSeen(times, group.first[task]!, until, at - slack);
  if (record >= until) return null;
  const part = at < times.release[record]! - slack ? "awaiting" : at < times.start[record]! - slack ? "ready" : "step";
  if (part === "awaiting" && record === group.first[task]) return null;
  return { kind: "record", group: group.index, index: record, part };
}

function ofThread(group: Group, thread: number, at: number, schedule: number, slack: number): Hit | null {
  const times = group.times[schedule]!;
  const near = (from: number, until: number): boolean => from - slack <= at && at <= until + slack;
  const { worker } = group.jobs;
  for (let job = 0; job < worker.length; job += 1) if (worker[job] === thread && near(times.jobStart[job]!, times.jobEnd[job]!)) return { kind: "job", group: group.index, index: job };
  let best = -1;
  for (const record of group.ofThread[thread] ?? []) {
    if (!near(times.start[record]!, times.end[record]!)) continue;
    if (best < 0 || times.end[record]! - times.start[record]! > times.end[best]! - times.start[best]!) best = record;
  }
  if (best >= 0) return { kind: "record", group: group.index, index: best, part: "step" };
  const { samples } = group;
  for (let one = 0; one < samples.thread.length; one += 1) if (samples.thread[one] === thread && near(samples.start[one]!, samples.end[one]!)) return { kind: "sample", group: group.index, index: one };
  return null;
}

function ofPool(group: Group, pool: number, at: number, schedule: number): string {
  const times = group.times[schedule]!;
  let [running, queued] = [0, 0];
  group.jobs.pool.forEach((one, job) => {
    if (one !== pool || group.jobs.submitted[job]! > at || times.jobEnd[job]! < at) return;
    if (times.jobStart[job]! <= at) running += 1;
    else queued += 1;
  });
  const [name, kind, workers] = group.pools[pool]!;
  return `${name || kind}: ${count(running, "job")} running${workers > 0 ? ` on ${count(workers, "worker")}` : ""}, ${count(queued, "job")} waiting for a worker`;
}

function ofMany(group: Group, members: number[], at: number, schedule: number): string {
  const times = group.times[schedule]!;
  const sums = { step: 0, ready: 0, awaiting: 0 };
  for (const task of members) {
    const found = ofTask(group, task, at, schedule, 0);
    if (found?.kind === "record" && times.release[group.first[task]!]! <= at) sums[found.part] += 1;
  }
  return `${sums.awaiting} awaiting, ${sums.ready} ready, ${sums.step} on the loop at that moment`;
}

/** The record or job before or after the selected one in its row; the one at the middle of what is seen at first. */
export function beside(group: Group, row: Row, current: Hit | null, direction: 1 | -1, middle: number, schedule: number): Hit | null {
  const times = group.times[schedule]!;
  const g = group.index;
  if (row.kind === "task") {
    const [low, high] = [group.first[row.members[0]!]!, group.first[row.members[0]! + 1]!];
    const at = current?.kind === "record" && current.index >= low && current.index < high ? current.index + direction : firstSeen(times, low, high, middle);
    return low < high ? { kind: "record", group: g, index: Math.min(Math.max(at, low), high - 1), part: "step" } : null;
  }
  if (row.kind !== "thread") return null;
  const own = group.ofThread[row.members[0]!]!;
  if (own.length > 0) {
    const here = current?.kind === "record" ? own.indexOf(current.index) : -1;
    return { kind: "record", group: g, index: own[Math.min(Math.max(here + direction, 0), own.length - 1)]!, part: "step" };
  }
  const jobs = [...group.jobs.worker.keys()].filter((job) => group.jobs.worker[job] === row.members[0]);
  if (jobs.length === 0) return null;
  const here = current?.kind === "job" ? jobs.indexOf(current.index) : -1;
  return { kind: "job", group: g, index: jobs[Math.min(Math.max(here + direction, 0), jobs.length - 1)]! };
}
