import { expect, test } from "vitest";
import { touches } from "../src/light";
import { rows } from "../src/rows";
import { Blend, type Group, type Picture, type Times } from "../src/schedule";
import { firstSeen, leaving } from "../src/fill";
import { AWAITING, Heap, RAN, Strip } from "../src/strip";

const ints = (...values: number[]): Int32Array => Int32Array.from(values);
const none = ints();

function times(release: number[], start: number[], end: number[], away: Times["away"] = []): Times {
  return { release: ints(...release), start: ints(...start), end: ints(...end), held: ints(...start.map(() => 0)), ready: none, jobStart: none, jobEnd: none, away, last: Math.max(...end) };
}

/** `main` and as many children of one function; each runs once, one after the other. */
function group(children: number): Group {
  const count = children + 1;
  const each = Array.from({ length: count }, (_, index) => index);
  const measured = times(each.map(() => 0), each.map((one) => one * 10), each.map((one) => one * 10 + 10));
  return {
    index: 0, pid: 1, began: 0, ended: count * 10, taskCount: count,
    tasks: { names: each.map((one) => `Task-${one}`), parent: ints(-1, ...each.slice(1).map(() => 0)), created: ints(...each), code: ints(1, ...each.slice(1).map(() => 2)), made: ints(...each), thread: ints(...each), leftOut: 0 },
    threads: [["MainThread", "event-loop", 0, 100, 0, 0, 0]], pools: [],
    records: { row: ints(...each), thread: ints(...each.map(() => 0)), kind: ints(...each.map(() => 0)), steps: ints(...each.map(() => 1)), call: ints(...each), awaits: ints(...each), waker: ints(...each) },
    jobs: { pool: none, worker: none, task: none, code: none, sent: none, submitted: none, busy: none, leftOut: 0 },
    samples: { thread: none, start: none, end: none, busy: none, place: none },
    times: [measured], first: ints(...each, count), ofThread: [ints(...each)],
  };
}

function picture(one: Group): Picture {
  return { unit: 1e-6, end: one.ended, wall: one.ended, places: [["", 0, ""], ["a.py", 1, "main"], ["a.py", 5, "fetch"]], marks: [], whatIfs: [], sources: [], groups: [one] };
}

test("a few tasks stand one by one, many alike are one row until it is opened", () => {
  const kinds = (children: number, open: string[] = []): string => rows(picture(group(children)), new Set(open)).map((row) => row.kind).join(" ");
  expect(kinds(3)).toBe("heading thread heading task task task task");
  expect(kinds(40)).toBe("heading thread heading task tasks");
  expect(kinds(6, ["s0.0.2"])).toBe("heading thread heading task tasks task task task task task task");
});

test("a task that is its own parent does not go round for ever", () => {
  const one = group(2);
  one.tasks.parent[1] = 2;
  one.tasks.parent[2] = 1;
  expect(rows(picture(one), new Set()).filter((row) => row.kind === "task")).toHaveLength(1);
});

test("a stretch is lit if it shares more than a trifle with one of the finding's", () => {
  const spans = ints(10, 20, 30, 40);
  expect([touches(spans, 10, 20), touches(spans, 21, 29), touches(spans, 35, 60), touches(spans, 0, 100), touches(spans, 19, 29)]).toEqual([true, false, true, true, false]);
});

test("narrow stretches add up in their pixel, wide ones are boxes", () => {
  const strip = new Strip(10);
  strip.add(RAN, 2.1, 2.3);
  strip.add(RAN, 2.5, 2.6);
  strip.add(AWAITING, 3, 9);
  expect(strip.shares[RAN]![2]).toBeCloseTo(0.3);
  expect(strip.boxes[AWAITING]).toEqual([{ x: 3, width: 6 }]);
  strip.clear();
  expect(strip.shares[RAN]![2]).toBe(0);
});

test("a heap counts how many cover each pixel", () => {
  const heap = new Heap(6);
  heap.add(1, 4);
  heap.add(2.5, 3);
  heap.add(-5, 99, 2);
  expect([...heap.sums()]).toEqual([2, 3, 3.5, 3, 2, 2]);
});

test("what leaves the loop is on its way with the bars", () => {
  const one = group(1);
  const away = { record: 1, from: 10, until: 20, left: 2, back: 12 };
  one.times.push(times([0, 0], [0, 2], [10, 12], [away]));
  expect(leaving(one, new Blend(0, 1, 0.5))).toEqual([{ away, from: 6, until: 16, gone: 0.5 }]);
  expect(leaving(one, new Blend(0, 0, 1))).toEqual([]);
  expect(leaving(one, new Blend(1, 1, 1))).toEqual([{ away, from: 2, until: 12, gone: 1 }]);
});

test("the first record that is seen", () => {
  const all = times([0, 0, 0], [0, 10, 20], [10, 20, 30]);
  expect([firstSeen(all, 0, 3, 0), firstSeen(all, 0, 3, 15), firstSeen(all, 0, 3, 99)]).toEqual([0, 1, 3]);
});
