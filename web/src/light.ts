// Which stretches belong to a finding: those that it was measured in, else those that wait or run at its lines.
import type { Document, Finding } from "./document";
import type { Group, Mark, Picture } from "./schedule";

/** Bits: the step itself, the wait before it. */
export const STEP = 1, WAIT = 2;

export interface Lit {
  records: Uint8Array;
  jobs: Uint8Array;
  samples: Uint8Array;
}

export function lit(whole: Picture, { header }: Document, number: number): Lit[] {
  const finding = header.report.findings[number];
  const marks = whole.marks[number] ?? [];
  if (!finding) return [];
  const made = whole.groups.map((group) => ofMarks(group, marks.filter((mark) => mark.group === group.index)));
  if (made.some(any)) return made;
  const lines = sites(whole, finding);
  const at = whole.groups.map((group) => ofPlaces(group, lines));
  if (at.some(any)) return at;
  const { file, function: name } = finding.site;
  whole.places.forEach((place, index) => { if (place[0] === file && place[2] === name) lines.add(index); });
  return whole.groups.map((group) => ofTasks(group, lines));
}

function any(one: Lit): boolean {
  return one.records.some(Boolean) || one.jobs.some(Boolean) || one.samples.some(Boolean);
}

function dark(group: Group): Lit {
  return { records: new Uint8Array(group.records.row.length), jobs: new Uint8Array(group.jobs.pool.length), samples: new Uint8Array(group.samples.start.length) };
}

function ofMarks(group: Group, marks: Mark[]): Lit {
  const made = dark(group);
  const times = group.times[0]!;
  for (const { thread, spans, waits } of marks) {
    for (const record of waits) made.records[record]! |= WAIT;
    const touched = (from: number, until: number): boolean => touches(spans, from, until);
    for (const record of group.ofThread[thread] ?? []) if (touched(times.start[record]!, times.end[record]!)) made.records[record] = STEP;
    group.jobs.worker.forEach((worker, job) => {
      if (worker === thread && touched(times.jobStart[job]!, times.jobEnd[job]!)) made.jobs[job] = STEP;
    });
    group.samples.thread.forEach((one, at) => {
      if (one === thread && touched(group.samples.start[at]!, group.samples.end[at]!)) made.samples[at] = STEP;
    });
  }
  return made;
}

/** Whether one of the disjoint spans (from, until, from, until …) shares more than a trifle with a stretch. */
export function touches(spans: Int32Array, from: number, until: number): boolean {
  let low = 0;
  let high = spans.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[2 * middle + 1]! <= from) low = middle + 1;
    else high = middle;
  }
  if (2 * low >= spans.length) return false;
  const shared = Math.min(until, spans[2 * low + 1]!) - Math.max(from, spans[2 * low]!);
  return shared > 0 && shared >= Math.min(until - from, spans[2 * low + 1]! - spans[2 * low]!) * 0.25;
}

/** The numbers of the places that stand on a line of the finding. */
function sites(whole: Picture, finding: Finding): Set<number> {
  const own = [finding.site, ...finding.related.map((related) => related.site)];
  const lines = new Set(own.map((site) => `${site.line} ${site.file}`));
  return new Set(whole.places.flatMap(([file, line], index) => (lines.has(`${line} ${file}`) ? [index] : [])));
}

function ofPlaces(group: Group, places: Set<number>): Lit {
  const made = dark(group);
  group.records.awaits.forEach((place, record) => { if (places.has(place)) made.records[record]! |= WAIT; });
  group.records.call.forEach((place, record) => { if (places.has(place)) made.records[record]! |= STEP; });
  group.jobs.sent.forEach((place, job) => { if (places.has(place) || places.has(group.jobs.code[job]!)) made.jobs[job] = STEP; });
  group.samples.place.forEach((place, at) => { if (places.has(place)) made.samples[at] = STEP; });
  return made;
}

function ofTasks(group: Group, places: Set<number>): Lit {
  const made = dark(group);
  for (let task = 0; task < group.taskCount; task += 1) {
    if (!places.has(group.tasks.made[task]!) && !places.has(group.tasks.code[task]!)) continue;
    made.records.fill(STEP | WAIT, group.first[task], group.first[task + 1]);
  }
  group.threads.forEach(([, , , , , sent, target], thread) => {
    if (!places.has(sent) && !places.has(target)) return;
    for (const record of group.ofThread[thread]!) made.records[record] = STEP | WAIT;
    group.jobs.worker.forEach((worker, job) => { if (worker === thread) made.jobs[job] = STEP; });
    group.samples.thread.forEach((one, at) => { if (one === thread) made.samples[at] = STEP; });
  });
  return made;
}
