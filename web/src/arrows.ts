// Arrows of what is selected, and of nothing else: started by, woken by, sent there by.
import type { Palette } from "./palette";
import type { Row } from "./rows";
import type { Blend, Group } from "./schedule";
import type { Selected } from "./state";

export interface Arrow {
  from: { row: string; at: number };
  to: { row: string; at: number };
  label: string;
}

/** The row that shows a task or thread: its own, or the folded one that it is in. */
export function rowOf(rows: Row[], group: number, kind: "task" | "thread", index: number): string {
  const folded = kind === "task" ? "tasks" : "threads";
  const own = rows.find((row) => row.group === group && row.kind === kind && row.members[0] === index);
  return (own ?? rows.find((row) => row.group === group && row.kind === folded && row.members.includes(index)))?.id ?? "";
}

export function arrows(group: Group, rows: Row[], selected: Selected, blend: Blend): Arrow[] {
  const [a, b] = blend.ends(group);
  const made: Arrow[] = [];
  const task = (index: number): string => rowOf(rows, group.index, "task", index);
  if (selected.kind === "job") {
    const job = selected.index;
    const sender = group.jobs.task[job]!;
    const worker = group.jobs.worker[job]!;
    const at = blend.mix(a.jobStart[job]!, b.jobStart[job]!);
    if (sender >= 0 && worker >= 0) made.push({ from: { row: task(sender), at: group.jobs.submitted[job]! }, to: { row: rowOf(rows, group.index, "thread", worker), at }, label: "sent there by" });
  }
  if (selected.kind !== "record") return made;
  const record = selected.index;
  const row = group.records.row[record]!;
  if (row >= group.taskCount) return made;
  const parent = group.tasks.parent[row]!;
  if (parent >= 0) {
    const head = group.first[row]!;
    const at = blend.mix(a.release[head]!, b.release[head]!);
    made.push({ from: { row: task(parent), at }, to: { row: task(row), at }, label: "started by" });
  }
  const waker = group.records.waker[record]!;
  if (waker >= 0 && group.records.row[waker] !== row && record !== group.first[row]) {
    const at = blend.mix(a.release[record]!, b.release[record]!);
    const by = group.records.row[waker]!;
    const from = by < group.taskCount ? task(by) : rowOf(rows, group.index, "thread", group.records.thread[waker]!);
    made.push({ from: { row: from, at }, to: { row: task(row), at }, label: "woken by" });
  }
  return made;
}

/** Draws one between two points of the canvas. */
export function paintArrow(pen: CanvasRenderingContext2D, ink: Palette, from: [number, number], to: [number, number], label: string): void {
  const bow = Math.max(14, Math.min(Math.abs(to[1] - from[1]) / 3, 46));
  pen.strokeStyle = pen.fillStyle = ink.accent;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(...from);
  pen.bezierCurveTo(from[0] - bow, from[1], to[0] - bow, to[1], to[0] - 3, to[1]);
  pen.stroke();
  pen.beginPath();
  pen.arc(from[0], from[1], 2.5, 0, 7);
  pen.moveTo(to[0], to[1]);
  pen.lineTo(to[0] - 7, to[1] - 3.5);
  pen.lineTo(to[0] - 7, to[1] + 3.5);
  pen.fill();
  pen.font = "600 10px ui-sans-serif, system-ui, sans-serif";
  const room = pen.measureText(label).width;
  const x = Math.max(Math.min(from[0], to[0]) - bow - room + 4, 4);
  const y = (from[1] + to[1]) / 2;
  pen.fillStyle = ink.paper;
  pen.fillRect(x - 3, y - 7, room + 6, 14);
  pen.fillStyle = ink.accent;
  pen.fillText(label, x, y);
}
