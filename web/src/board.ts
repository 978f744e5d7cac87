// Draws the rows that are seen onto the canvas: labels on the left, bars on the right, an axis above.
import { fillLeaving, fillTask, fillThread, heapPool, heapTasks, type Scene } from "./fill";
import type { Lit } from "./light";
import { moment, ticks } from "./measures";
import { paintHeaps, paintLeaving, paintStrips, type Area } from "./paint";
import type { Palette } from "./palette";
import { taskName, type Row } from "./rows";
import type { Blend, Group, Picture } from "./schedule";
import type { Selected } from "./state";
import { BLOCKED, Heap, JOB, QUEUED, RAN, READY, Strip } from "./strip";
import { short, shorten, visible } from "./text";
import type { Viewport } from "./viewport";

export const AXIS = 26;

export interface Look {
  width: number;
  height: number;
  labels: number;
  scroll: number;
  blend: Blend;
  view: Viewport;
  lit: Lit[];
  byTask: boolean;
  selected: Selected | null;
  selectedRow: string;
  found: ReadonlySet<string>;
  hover: string;
}

export class Board {
  readonly tops: number[] = [];
  total = 0;
  private bright = new Strip(1);
  private dim = new Strip(1);
  private left = new Strip(1);

  constructor(
    private readonly whole: Picture,
    private readonly pen: CanvasRenderingContext2D,
    public ink: Palette,
  ) {}

  /** Where each row stands. */
  measure(rows: Row[]): void {
    this.tops.length = 0;
    this.total = 0;
    for (const row of rows) {
      this.tops.push(this.total);
      this.total += row.height;
    }
  }

  draw(rows: Row[], look: Look): void {
    const { pen } = this;
    const plot = Math.max(Math.floor(look.width - look.labels), 1);
    if (this.bright.width !== plot) for (const strip of [this.bright, this.dim, this.left]) strip.resize(plot);
    pen.fillStyle = this.ink.paper;
    pen.fillRect(0, 0, look.width, look.height);
    this.grid(look, plot);
    pen.save();
    pen.beginPath();
    pen.rect(0, AXIS, look.width, look.height - AXIS);
    pen.clip();
    rows.forEach((row, index) => {
      const top = AXIS + this.tops[index]! - look.scroll;
      if (top + row.height > AXIS && top < look.height) this.row(row, top, look, plot);
    });
    pen.restore();
    this.wall(look, plot);
  }

  /** The moment at a place of the canvas, in units. */
  at(x: number, look: Look): number {
    return look.view.from + ((x - look.labels) / Math.max(look.width - look.labels, 1)) * look.view.length;
  }

  /** The place of a moment on the canvas. */
  x(at: number, look: Look): number {
    return look.labels + ((at - look.view.from) / look.view.length) * (look.width - look.labels);
  }

  private grid(look: Look, plot: number): void {
    const { pen, ink, whole } = this;
    const [from, until] = [look.view.from * whole.unit, look.view.until * whole.unit];
    const { at, step } = ticks(from, until, Math.max(plot / 96, 2));
    pen.font = "11px ui-sans-serif, system-ui, sans-serif";
    pen.textBaseline = "middle";
    for (const one of at) {
      const x = Math.round(this.x(one / whole.unit, look)) + 0.5;
      pen.strokeStyle = ink.line;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x, AXIS - 5);
      pen.lineTo(x, look.height);
      pen.stroke();
      pen.fillStyle = ink.faint;
      const text = moment(one, step);
      const room = pen.measureText(text).width;
      if (x + 4 + room < look.width) pen.fillText(text, x + 4, AXIS / 2);
    }
  }

  /** Where the run ends now, and what lies beyond it: what would be saved. */
  private wall(look: Look, plot: number): void {
    const { pen, ink, whole } = this;
    const end = look.blend.wall(whole);
    const x = this.x(end, look);
    if (x > look.width || end >= whole.end * 0.9999) return;
    const from = Math.max(x, look.labels);
    pen.fillStyle = ink.band;
    pen.globalAlpha = 0.55;
    pen.fillRect(from, AXIS, look.labels + plot - from, look.height - AXIS);
    pen.globalAlpha = 1;
    pen.fillStyle = ink.accent;
    if (x >= look.labels) pen.fillRect(Math.round(x) - 1, AXIS - 8, 2, look.height);
  }

  private row(row: Row, top: number, look: Look, plot: number): void {
    const { pen, ink } = this;
    const chosen = row.id === look.selectedRow;
    if (chosen || row.id === look.hover || row.kind === "process") {
      pen.fillStyle = chosen ? ink.band : ink.line;
      pen.globalAlpha = chosen ? 1 : 0.45;
      pen.fillRect(0, top, look.width, row.height);
      pen.globalAlpha = 1;
    }
    if (look.found.has(row.id)) {
      pen.fillStyle = ink.accent;
      pen.fillRect(0, top + 2, 3, row.height - 4);
    }
    this.label(row, top, look);
    const area = { x: look.labels, y: top + 3, width: plot, height: row.height - 6 };
    pen.save();
    pen.beginPath();
    pen.rect(look.labels, top, plot, row.height);
    pen.clip();
    this.bars(row, area, look);
    pen.restore();
  }

  private label(row: Row, top: number, look: Look): void {
    const { pen, ink } = this;
    const heading = row.kind === "heading" || row.kind === "process";
    pen.font = `${heading ? "600 11px" : "12px"} ui-sans-serif, system-ui, sans-serif`;
    pen.fillStyle = heading ? ink.faint : ink.ink;
    pen.textBaseline = "middle";
    const indent = 10 + Math.min(row.depth, 8) * 12 + (row.fold || row.kind === "task" ? 12 : 0);
    const middle = top + row.height / 2 + 0.5;
    if (row.fold) {
      const x = indent - 11;
      pen.beginPath();
      if (row.fold === "open") { pen.moveTo(x, middle - 2); pen.lineTo(x + 7, middle - 2); pen.lineTo(x + 3.5, middle + 3); }
      else { pen.moveTo(x + 1, middle - 3.5); pen.lineTo(x + 6, middle); pen.lineTo(x + 1, middle + 3.5); }
      pen.fill();
    }
    const text = visible(labelOf(row, this.whole));
    const room = look.labels - indent - 8;
    let shown = text;
    for (let most = Math.min(text.length, 60); pen.measureText(shown).width > room && most > 3; most -= 1) shown = shorten(text, most);
    pen.fillText(heading ? shown.toUpperCase() : shown, indent, middle);
  }

  private bars(row: Row, area: Area, look: Look): void {
    const group = this.whole.groups[row.group]!;
    const scene: Scene = { blend: look.blend, lit: look.lit[row.group] ?? null, scale: area.width / look.view.length, left: look.view.from };
    if (row.kind === "task") this.task(group, row.members[0]!, scene, area, look.byTask);
    else if (row.kind === "thread") this.thread(group, row.members[0]!, scene, area, look.byTask);
    else if (row.kind === "tasks") this.tasks(group, row.members, scene, area);
    else if (row.kind === "threads") this.threads(group, row.members, scene, area);
    else if (row.kind === "pool") this.pool(group, row.members[0]!, scene, area);
  }

  private task(group: Group, task: number, scene: Scene, area: Area, byTask: boolean): void {
    const strips = this.clean();
    fillTask(group, task, scene, strips);
    paintStrips(this.pen, this.ink, area, strips.bright, strips.dim, byTask ? this.wheel(group.tasks.code[task]!) : null, scene.lit !== null, 0.5);
    const low = group.first[task]!;
    const high = group.first[task + 1]!;
    const gone = fillLeaving(group, (record) => record >= low && record < high, scene, this.left);
    if (gone > 0) paintLeaving(this.pen, this.ink, area, this.left, gone, true);
  }

  private thread(group: Group, thread: number, scene: Scene, area: Area, byTask: boolean): void {
    const strips = this.clean();
    fillThread(group, thread, scene, strips);
    paintStrips(this.pen, this.ink, area, strips.bright, strips.dim, null, false);
    if (byTask) this.threadByTask(group, thread, scene, area);
    const gone = fillLeaving(group, (record) => group.records.thread[record] === thread, scene, this.left);
    if (gone > 0) paintLeaving(this.pen, this.ink, area, this.left, gone, false);
    this.names(group, thread, scene, area);
  }

  private threadByTask(group: Group, thread: number, scene: Scene, area: Area): void {
    const [a, b] = scene.blend.ends(group);
    for (const record of group.ofThread[thread]!) {
      const row = group.records.row[record]!;
      const x = (scene.blend.mix(a.start[record]!, b.start[record]!) - scene.left) * scene.scale;
      const x2 = (scene.blend.mix(a.end[record]!, b.end[record]!) - scene.left) * scene.scale;
      if (row >= group.taskCount || x2 - x < 1 || x2 < 0 || x > area.width) continue;
      this.pen.fillStyle = this.wheel(group.tasks.code[row]!);
      this.pen.fillRect(area.x + x, area.y, x2 - x, area.height);
    }
  }

  /** The names of jobs and tasks, where their bars are long enough. */
  private names(group: Group, thread: number, scene: Scene, area: Area): void {
    const [a, b] = scene.blend.ends(group);
    const write = (from: number, until: number, text: string): void => {
      const x = Math.max((from - scene.left) * scene.scale, 0);
      const x2 = Math.min((until - scene.left) * scene.scale, area.width);
      if (x2 - x < 36 || !text) return;
      this.pen.font = "11px ui-sans-serif, system-ui, sans-serif";
      this.pen.fillStyle = this.ink.paper;
      const shown = shorten(visible(text), Math.floor((x2 - x - 10) / 6.2));
      if (shown.length > 2) this.pen.fillText(shown, area.x + x + 6, area.y + area.height / 2 + 0.5);
    };
    if (scene.lit) this.pen.globalAlpha = 0.8;
    for (const record of group.ofThread[thread]!) {
      if (group.records.kind[record] === 0 || scene.blend.share < 1) continue;
      const row = group.records.row[record]!;
      write(a.start[record]!, a.end[record]!, scene.blend.to > 0 || row >= group.taskCount ? "" : taskName(group, this.whole.places, row));
    }
    group.jobs.worker.forEach((worker, job) => {
      if (worker === thread) write(scene.blend.mix(a.jobStart[job]!, b.jobStart[job]!), scene.blend.mix(a.jobEnd[job]!, b.jobEnd[job]!), short(this.whole.places[group.jobs.code[job]!]![2]));
    });
    this.pen.globalAlpha = 1;
  }

  private tasks(group: Group, members: number[], scene: Scene, area: Area): void {
    const heaps = { held: new Heap(area.width), ready: new Heap(area.width), awaiting: new Heap(area.width) };
    heapTasks(group, members, scene, heaps);
    const alpha = scene.lit ? 0.4 : 1;
    const { states } = this.ink;
    paintHeaps(this.pen, area, Math.max(most(heaps.held, heaps.ready, heaps.awaiting), 1), [
      { heap: heaps.held, ink: states[RAN]!, alpha },
      { heap: heaps.ready, ink: states[READY]!, alpha },
      { heap: heaps.awaiting, ink: this.ink.plain[0]!, alpha: alpha * 0.45 },
    ]);
  }

  private threads(group: Group, members: number[], scene: Scene, area: Area): void {
    const heap = new Heap(area.width);
    const [a, b] = scene.blend.ends(group);
    const mine = new Set(members);
    const add = (from: number, until: number): void => { heap.add((from - scene.left) * scene.scale, (until - scene.left) * scene.scale); };
    group.jobs.worker.forEach((worker, job) => { if (mine.has(worker)) add(scene.blend.mix(a.jobStart[job]!, b.jobStart[job]!), scene.blend.mix(a.jobEnd[job]!, b.jobEnd[job]!)); });
    group.samples.thread.forEach((one, at) => { if (mine.has(one)) add(group.samples.start[at]!, group.samples.end[at]!); });
    paintHeaps(this.pen, area, Math.max(most(heap), 1), [{ heap, ink: this.ink.states[JOB]! }]);
  }

  private pool(group: Group, pool: number, scene: Scene, area: Area): void {
    const heaps = { running: new Heap(area.width), queued: new Heap(area.width) };
    heapPool(group, pool, scene, heaps);
    const workers = group.pools[pool]![2];
    const top = Math.max(most(heaps.running, heaps.queued), 1);
    paintHeaps(this.pen, area, top, [
      { heap: heaps.running, ink: this.ink.states[JOB]! },
      { heap: heaps.queued, ink: this.ink.states[QUEUED]! },
    ]);
    if (workers > 0 && workers < top) {
      this.pen.fillStyle = this.ink.plain[BLOCKED]!;
      this.pen.fillRect(area.x, Math.round(area.y + area.height * (1 - workers / top)), area.width, 1);
    }
  }

  private wheel(code: number): string {
    return this.ink.wheel[code % this.ink.wheel.length]!;
  }

  private clean(): { bright: Strip; dim: Strip } {
    for (const strip of [this.bright, this.dim, this.left]) strip.clear();
    return { bright: this.bright, dim: this.dim };
  }
}

function most(...heaps: Heap[]): number {
  const sums = heaps.map((heap) => heap.sums());
  let top = 0;
  for (let x = 0; x < sums[0]!.length; x += 1) top = Math.max(top, sums.reduce((sum, one) => sum + one[x]!, 0));
  return top;
}

/** What stands in front of a row. */
export function labelOf(row: Row, whole: Picture): string {
  const group = whole.groups[row.group]!;
  if (row.kind === "task") return taskName(group, whole.places, row.members[0]!);
  if (row.kind === "tasks") return `${row.members.length.toLocaleString("en-US")} × ${short(whole.places[group.tasks.code[row.members[0]!]!]![2]) || "task"}`;
  if (row.kind !== "pool") return row.label;
  const [name, kind, workers] = group.pools[row.members[0]!]!;
  return `${name || kind}${workers > 0 ? ` · ${workers} workers` : ""}`;
}
