// What one stretch was, in one sentence: for the pointer, for the line under the picture, for a screen reader.
import { seconds } from "./measures";
import { taskName } from "./rows";
import type { Group, Picture, Times } from "./schedule";
import { place, short } from "./text";

const HELD = ["ran on the event loop", "stopped the event loop", "computed on the event loop", "kept the interpreter lock", "waited for the interpreter lock"];

export type Part = "awaiting" | "ready" | "step";
export type Hit =
  | { kind: "record"; group: number; index: number; part: Part }
  | { kind: "job"; group: number; index: number }
  | { kind: "sample"; group: number; index: number }
  | { kind: "row"; group: number; text: string };

export class Speaker {
  private readonly lines = new Map<string, string>();

  constructor(private readonly whole: Picture) {
    for (const source of whole.sources) for (const [line, text] of source.lines) this.lines.set(`${line} ${source.file}`, text.trim());
  }

  say(hit: Hit, schedule: number): string {
    if (hit.kind === "row") return hit.text;
    const group = this.whole.groups[hit.group];
    if (!group) return "";
    if (hit.kind === "job") return this.job(group, hit.index, schedule);
    if (hit.kind === "sample") return this.sample(group, hit.index);
    return this.record(group, hit.index, hit.part, schedule);
  }

  private record(group: Group, record: number, part: Part, schedule: number): string {
    const times = group.times[schedule]!;
    const { row, kind, call, awaits, steps } = group.records;
    const name = row[record]! < group.taskCount ? taskName(group, this.whole.places, row[record]!) : "a callback";
    if (part === "awaiting") {
      const since = record > 0 && row[record - 1] === row[record] ? times.end[record - 1]! : times.release[record]!;
      return `${name} awaited ${this.at(awaits[record]!)} for ${this.long(times.release[record]! - since)}`;
    }
    const length = times.end[record]! - times.start[record]!;
    if (part === "ready") {
      const by = this.keeper(group, record, times);
      return `${name} was ready and could not start for ${this.long(times.start[record]! - times.release[record]!)}${by ? `: kept waiting by ${by}` : ""}`;
    }
    if (steps[record]! > 1) return `${name}: ${steps[record]!.toLocaleString("en-US")} steps in ${this.long(length)}, on the event loop for ${this.long(times.held[record]!)} of it`;
    const away = times.away.find((one) => one.record === record);
    if (away) return `${name} would be away from the loop for ${this.long(away.back - away.left)} here, and others could run`;
    const where = call[record]! ? ` at ${this.at(call[record])}` : "";
    return `${name} ${HELD[kind[record]!]!} for ${this.long(length)}${where}`;
  }

  /** Everything about a selected record: ready, on the loop, and who kept it waiting. */
  about(group: Group, record: number, schedule: number): string {
    const times = group.times[schedule]!;
    const { row, kind, call, steps } = group.records;
    const name = row[record]! < group.taskCount ? taskName(group, this.whole.places, row[record]!) : "a callback";
    const parts: string[] = [];
    const ready = times.start[record]! - times.release[record]!;
    if (this.long(ready) !== "0 ms") parts.push(`ready ${this.long(ready)}`);
    const held = steps[record]! > 1 ? times.held[record]! : times.end[record]! - times.start[record]!;
    parts.push(`${HELD[kind[record]!]!} ${this.long(held)}${call[record]! ? ` at ${this.at(call[record])}` : ""}`);
    const by = ready * this.whole.unit >= 0.0005 ? this.keeper(group, record, times) : "";
    if (by) parts.push(`kept waiting by ${by}`);
    return `${name} · ${parts.join(" · ")}`;
  }

  /** Whose step was on the thread for most of the time in which this record was ready. */
  private keeper(group: Group, record: number, times: Times): string {
    const sums = new Map<number, number>();
    for (const other of group.ofThread[group.records.thread[record]!] ?? []) {
      if (other === record) continue;
      const shared = Math.min(times.end[other]!, times.start[record]!) - Math.max(times.start[other]!, times.release[record]!);
      if (shared > 0) sums.set(group.records.row[other]!, (sums.get(group.records.row[other]!) ?? 0) + shared);
    }
    const most = [...sums].sort((a, b) => b[1] - a[1])[0];
    if (!most) return "";
    const name = most[0] < group.taskCount ? taskName(group, this.whole.places, most[0]) : "callbacks";
    return sums.size > 1 ? `${name} and ${sums.size - 1} more` : name;
  }

  private job(group: Group, job: number, schedule: number): string {
    const times = group.times[schedule]!;
    const { code, sent, submitted, worker, pool } = group.jobs;
    const queued = Math.max(times.jobStart[job]! - submitted[job]!, 0);
    const name = short(this.whole.places[code[job]!]![2]) || "a job";
    const thread = group.threads[worker[job]!]?.[0];
    const by = sent[job]! ? `, sent there by ${this.at(sent[job])}` : "";
    const waited = this.long(queued) === "0 ms" ? "" : ` after ${this.long(queued)} in the queue of ${group.pools[pool[job]!]?.[0] || "its pool"}`;
    return `${name} ran for ${this.long(times.jobEnd[job]! - times.jobStart[job]!)}${thread ? ` on ${thread}` : ""}${waited}${by}`;
  }

  private sample(group: Group, at: number): string {
    const { samples } = group;
    const did = samples.busy[at]! ? "computed" : "waited";
    const name = group.threads[samples.thread[at]!]?.[0] ?? "a thread";
    return `${name} ${did} for ${this.long(samples.end[at]! - samples.start[at]!)} at ${this.at(samples.place[at]!)}`;
  }

  private at(number: number): string {
    const [file, line, name] = this.whole.places[number] ?? ["", 0, ""];
    if (!file) return name || "something outside";
    const text = this.lines.get(`${line} ${file}`);
    return `${place(file, line)}${text ? ` “${text.length > 60 ? `${text.slice(0, 59)}…` : text}”` : ""}`;
  }

  private long(units: number): string {
    return seconds(units * this.whole.unit);
  }
}
