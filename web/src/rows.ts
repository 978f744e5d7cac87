// The rows of the timeline: threads, pools, then tasks as a tree of who started whom, similar ones folded.
import type { Group, Picture } from "./schedule";
import { short } from "./text";

export interface Row {
  id: string;
  kind: "process" | "heading" | "thread" | "threads" | "pool" | "task" | "tasks";
  group: number;
  label: string;
  depth: number;
  height: number;
  /** The task, thread or pool; of folded rows all of them. */
  members: number[];
  /** Whether it can be folded out or in, and how it stands. */
  fold: "open" | "closed" | null;
}

/** So many alike and more are one row until it is opened. */
const ALIKE = 6;
const HEIGHTS = { process: 28, heading: 24, thread: 22, threads: 30, pool: 34, task: 22, tasks: 34 };
const STEM = /[\s\d_.:#()-]+$/;

/** All rows of a picture; `open` holds the folded rows that were opened, `closed` what was closed. */
export function rows(whole: Picture, open: ReadonlySet<string>): Row[] {
  const made: Row[] = [];
  const several = whole.groups.length > 1;
  for (const group of whole.groups) {
    const id = `p${group.index}`;
    const shut = several && open.has(id);
    if (several) made.push(row(group, "process", id, `process ${group.pid}`, 0, [group.index], shut ? "closed" : "open"));
    if (!shut) made.push(...inside(whole, group, open));
  }
  return made;
}

function row(group: Group, kind: Row["kind"], id: string, label: string, depth: number, members: number[], fold: Row["fold"] = null): Row {
  return { id, kind, group: group.index, label, depth, height: HEIGHTS[kind], members, fold };
}

function inside(whole: Picture, group: Group, open: ReadonlySet<string>): Row[] {
  const g = group.index;
  const made: Row[] = [row(group, "heading", `h${g}t`, "threads", 0, []), ...threads(group, whole.places, open)];
  group.pools.forEach(([name, kind], index) => {
    if (group.jobs.pool.includes(index)) made.push(row(group, "pool", `q${g}.${index}`, name || kind, 0, [index]));
  });
  if (group.taskCount > 0) made.push(row(group, "heading", `h${g}k`, "tasks", 0, []), ...tasks(group, open));
  return made;
}

function threads(group: Group, places: Picture["places"], open: ReadonlySet<string>): Row[] {
  const busy = new Set<number>([...group.jobs.worker, ...group.samples.thread]);
  const seen = group.threads.map((_, index) => index).filter((index) => busy.has(index) || group.ofThread[index]!.length > 0 || group.threads[index]![1] !== "runtime");
  const stems = new Map<string, number[]>();
  for (const index of seen) {
    const loop = group.ofThread[index]!.length > 0;
    const [name, role, , , , , target] = group.threads[index]!;
    const own = role === "pool-worker" ? "" : short(places[target]![2]);
    const stem = loop ? `#${index}` : own || name.replace(STEM, "") || "thread";
    stems.set(stem, [...(stems.get(stem) ?? []), index]);
  }
  const made: Row[] = [];
  for (const [stem, members] of stems) {
    const id = `f${group.index}.${stem}`;
    const one = (index: number, depth: number): Row => row(group, "thread", `t${group.index}.${index}`, group.threads[index]![0], depth, [index]);
    if (members.length < ALIKE) made.push(...members.map((index) => one(index, 0)));
    else {
      made.push(row(group, "threads", id, `${members.length} × ${stem}`, 0, members, open.has(id) ? "open" : "closed"));
      if (open.has(id)) made.push(...members.map((index) => one(index, 1)));
    }
  }
  return made;
}

/** The name of a task's row: its own, and the function that it runs. */
export function taskName(group: Group, places: Picture["places"], task: number): string {
  const code = short(places[group.tasks.code[task]!]![2]);
  const name = group.tasks.names[task]!;
  return code && !name.includes(code) ? `${name} ${code}` : name;
}

function tasks(group: Group, open: ReadonlySet<string>): Row[] {
  const children: number[][] = Array.from({ length: group.taskCount + 1 }, () => []);
  group.tasks.parent.forEach((parent, task) => children[parent < 0 || parent === task ? group.taskCount : parent]!.push(task));
  const made: Row[] = [];
  const seen = new Set<number>();
  const show = (task: number, depth: number): void => {
    if (seen.has(task)) return;
    seen.add(task);
    const id = `k${group.index}.${task}`;
    const shut = open.has(id);
    made.push(row(group, "task", id, "", depth, [task], children[task]!.length ? (shut ? "closed" : "open") : null));
    if (!shut) level(task, depth + 1);
  };
  const level = (parent: number, depth: number): void => {
    for (const alike of byCode(group, children[parent]!)) {
      if (alike.length < ALIKE) alike.forEach((task) => { show(task, depth); });
      else {
        const id = `s${group.index}.${parent}.${group.tasks.code[alike[0]!]!}`;
        made.push(row(group, "tasks", id, "", depth, alike, open.has(id) ? "open" : "closed"));
        if (open.has(id)) alike.forEach((task) => { show(task, depth + 1); });
      }
    }
  };
  level(group.taskCount, 0);
  return made;
}

/** Tasks of one function together, in the order in which the first of each was made. */
function byCode(group: Group, members: number[]): number[][] {
  const made = new Map<number, number[]>();
  for (const task of members) {
    const code = group.tasks.code[task]!;
    const own = made.get(code);
    if (own) own.push(task);
    else made.set(code, [task]);
  }
  return [...made.values()];
}
