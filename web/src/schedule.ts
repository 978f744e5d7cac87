// The run as columns: every record with its times as it ran and in each what-if, and their blend on the way.
import { read, readSteps } from "./columns";
import type { Document, GroupHeader, PictureHeader, TimesHeader } from "./document";

/** A stretch of a record's step that leaves the loop: in the run as it went, and in this schedule. */
export interface Away {
  record: number;
  from: number;
  until: number;
  left: number;
  back: number;
}
export interface Times {
  release: Int32Array;
  start: Int32Array;
  end: Int32Array;
  held: Int32Array;
  ready: Int32Array;
  jobStart: Int32Array;
  jobEnd: Int32Array;
  away: Away[];
  last: number;
}
export interface Group {
  index: number;
  pid: number;
  began: number;
  ended: number;
  taskCount: number;
  tasks: { names: string[]; parent: Int32Array; created: Int32Array; code: Int32Array; made: Int32Array; thread: Int32Array; leftOut: number };
  threads: GroupHeader["threads"];
  pools: GroupHeader["pools"];
  records: { row: Int32Array; thread: Int32Array; kind: Int32Array; steps: Int32Array; call: Int32Array; awaits: Int32Array; waker: Int32Array };
  jobs: { pool: Int32Array; worker: Int32Array; task: Int32Array; code: Int32Array; sent: Int32Array; submitted: Int32Array; busy: Int32Array; leftOut: number };
  samples: { thread: Int32Array; start: Int32Array; end: Int32Array; busy: Int32Array; place: Int32Array };
  times: Times[];
  /** Where the records of each row begin; one more than there are rows. */
  first: Int32Array;
  /** The records of each thread, in the order in which they ran. */
  ofThread: Int32Array[];
}
export interface Mark {
  group: number;
  thread: number;
  spans: Int32Array;
  /** Records before which their task waited for it. */
  waits: Int32Array;
}
export interface Picture {
  unit: number;
  end: number;
  wall: number;
  places: PictureHeader["places"];
  marks: Mark[][];
  whatIfs: PictureHeader["whatIfs"];
  sources: PictureHeader["sources"];
  groups: Group[];
}

export function picture({ header, bytes }: Document): Picture | null {
  const told = header.picture;
  if (!told) return null;
  return {
    ...told,
    marks: told.marks.map((marks) => marks.map((mark) => ({ ...mark, spans: readSteps(bytes, mark.spans), waits: readSteps(bytes, mark.waits) }))),
    groups: told.groups.map((group, index) => groupOf(group, index, bytes)),
  };
}

function groupOf(told: GroupHeader, index: number, bytes: Uint8Array): Group {
  const { tasks, records, jobs, samples } = told;
  const column = (name: keyof GroupHeader["records"]): Int32Array => read(bytes, records[name]);
  const job = (name: Exclude<keyof GroupHeader["jobs"], "leftOut">): Int32Array => read(bytes, jobs[name]);
  const sample = (name: keyof GroupHeader["samples"]): Int32Array => read(bytes, samples[name]);
  const row = readSteps(bytes, records.row);
  const back = column("waker");
  const steps = column("steps");
  const submitted = readSteps(bytes, jobs.submitted);
  const started = readSteps(bytes, samples.start);
  const thread = column("thread");
  const measured = timesOf(told.times[0]!, bytes, steps, submitted, null);
  return {
    index,
    pid: told.pid,
    began: told.began,
    ended: told.ended,
    taskCount: tasks.names.length,
    tasks: {
      names: tasks.names,
      parent: read(bytes, tasks.parent),
      created: readSteps(bytes, tasks.created),
      code: read(bytes, tasks.code),
      made: read(bytes, tasks.made),
      thread: read(bytes, tasks.thread),
      leftOut: tasks.leftOut,
    },
    threads: told.threads,
    pools: told.pools,
    records: {
      row,
      thread,
      kind: column("kind"),
      steps,
      call: column("call"),
      awaits: column("awaits"),
      waker: back.map((distance, record) => (distance === 0 ? -1 : record - distance)),
    },
    jobs: { pool: job("pool"), worker: job("worker"), task: job("task"), code: job("code"), sent: job("sent"), submitted, busy: job("busy"), leftOut: jobs.leftOut },
    samples: { thread: sample("thread"), start: started, end: sample("end").map((length, at) => started[at]! + length), busy: sample("busy"), place: sample("place") },
    times: told.times.map((times, at) => (at === 0 || !times ? measured : timesOf(times, bytes, steps, submitted, measured))),
    first: firsts(row, tasks.names.length + told.threads.length),
    ofThread: byThread(thread, measured.start, told.threads.length),
  };
}

function timesOf(told: TimesHeader, bytes: Uint8Array, steps: Int32Array, submitted: Int32Array, measured: Times | null): Times {
  const release = read(bytes, told.gap);
  const start = read(bytes, told.wait);
  const end = read(bytes, told.run);
  let before = 0;
  let last = 0;
  for (let index = 0; index < release.length; index += 1) {
    release[index]! += before;
    start[index]! += release[index]!;
    end[index]! += start[index]! + (measured ? measured.end[index]! - measured.start[index]! : 0);
    before = end[index]!;
    if (before > last) last = before;
  }
  const jobStart = read(bytes, told.jobStart).map((value, index) => value + submitted[index]!);
  const jobEnd = read(bytes, told.jobRun).map((value, index) => value + jobStart[index]!);
  const [record, from, until, left, back] = told.away.map((column) => readSteps(bytes, column));
  const away = Array.from(record!, (value, at) => ({ record: value, from: from![at]!, until: until![at]!, left: left![at]!, back: back![at]! }));
  return { release, start, end, held: spread(read(bytes, told.held), steps), ready: spread(read(bytes, told.ready), steps), jobStart, jobEnd, away, last };
}

/** The values of folded records at the places of all. */
function spread(values: Int32Array, steps: Int32Array): Int32Array {
  const made = new Int32Array(steps.length);
  let at = 0;
  for (let index = 0; index < steps.length; index += 1) if (steps[index]! > 1) made[index] = values[at++]!;
  return made;
}

function firsts(row: Int32Array, rows: number): Int32Array {
  const made = new Int32Array(rows + 1);
  for (const one of row) made[one + 1]! += 1;
  for (let index = 1; index <= rows; index += 1) made[index]! += made[index - 1]!;
  return made;
}

function byThread(thread: Int32Array, start: Int32Array, threads: number): Int32Array[] {
  const made: number[][] = Array.from({ length: threads }, () => []);
  thread.forEach((one, record) => made[one]?.push(record));
  return made.map((own) => Int32Array.from(own).sort((a, b) => start[a]! - start[b]!));
}

/** Two schedules and how far the bars are on their way from the first to the second (0 to 1). */
export class Blend {
  constructor(
    readonly from = 0,
    readonly to = 0,
    readonly share = 1,
  ) {}

  /** The times of a group on both ends. */
  ends(group: Group): [Times, Times] {
    return [group.times[this.from]!, group.times[this.to]!];
  }

  /** A value between the two. */
  mix(a: number, b: number): number {
    return a + (b - a) * this.share;
  }

  /** The end of the run, on the way. */
  wall(whole: Picture): number {
    const of = (schedule: number): number => (schedule === 0 ? whole.wall : whole.whatIfs[schedule - 1]!.wall);
    return this.mix(of(this.from), of(this.to));
  }
}
