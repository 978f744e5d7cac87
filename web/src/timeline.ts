// The timeline: canvas, minimap, scrolling, the slide from one schedule to another.
import { arrows, paintArrow, rowOf } from "./arrows";
import { AXIS, Board, labelOf, type Look } from "./board";
import { h } from "./dom";
import type { Document } from "./document";
import { beside, hit } from "./hit";
import { lit, type Lit } from "./light";
import { Minimap } from "./minimap";
import { palette } from "./palette";
import { rows, type Row } from "./rows";
import { Blend, type Picture } from "./schedule";
import { Speaker, type Hit } from "./sentence";
import type { Selected, State, Store } from "./state";
import { Viewport } from "./viewport";

const SLIDE_MS = 900;
const TALLEST = 620;

export class Timeline {
  readonly canvas = h("canvas", { class: "board", tabindex: 0, role: "application", "aria-label": "Timeline: arrow keys choose a row and a stretch, w a s d zoom and move, f fits, question mark lists the keys", "aria-describedby": "said" });
  readonly said = h("p", { id: "said", class: "said", role: "status" }, "Select a bar to see what it was. Keys: ? lists them.");
  private readonly tip = h("div", { class: "tip", hidden: true });
  private readonly scroller = h("div", { class: "scroller" });
  private readonly spacer = h("div", { class: "spacer" });
  readonly frame = h("div", { class: "frame" });
  readonly minimap: Minimap;
  readonly view: Viewport;
  private readonly board: Board;
  private readonly pen: CanvasRenderingContext2D;
  private readonly speaker: Speaker;
  private readonly opened = new Set<string>();
  list: Row[] = [];
  blend: Blend;
  private light: Lit[] = [];
  private found: ReadonlySet<string> = new Set();
  private row = "";
  private hover = "";
  private queued = false;
  private slide = 0;
  /** Milliseconds of the last frames, for the benchmark. */
  readonly frames: number[] = [];

  constructor(
    private readonly whole: Picture,
    private readonly document_: Document,
    private readonly store: Store,
  ) {
    this.view = new Viewport(whole.end);
    const { from, until, schedule } = store.state;
    this.view.show(from * whole.end, until * whole.end);
    this.blend = new Blend(schedule, schedule, 1);
    // Thousands of small boxes a frame are drawn twice as fast by the processor as sent to the graphics card.
    this.pen = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true })!;
    this.board = new Board(whole, this.pen, palette(this.pen));
    this.speaker = new Speaker(whole);
    this.minimap = new Minimap(whole, this.view, (low, high) => { this.show(low, high); });
    this.scroller.append(this.canvas, this.spacer);
    this.frame.append(this.scroller, this.tip);
    this.rebuild();
    this.light = store.state.finding >= 0 ? lit(whole, document_, store.state.finding) : [];
    store.listen((now, before) => { this.changed(now, before); });
    this.watch();
    if (store.state.selected) this.choose(store.state.selected);
  }

  get labels(): number {
    const width = this.frame.clientWidth;
    return width < 560 ? 112 : width < 1000 ? 190 : 240;
  }

  private watch(): void {
    new ResizeObserver(() => { this.size(); }).observe(this.frame);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.board.ink = palette(this.pen);
      this.redraw();
    });
    this.scroller.addEventListener("scroll", () => { this.redraw(); });
    addEventListener("beforeprint", () => { this.paint(); });
  }

  private size(): void {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const tall = Math.min(this.board.total + AXIS + 6, TALLEST);
    const wide = this.frame.clientWidth;
    this.scroller.style.height = this.canvas.style.height = `${tall}px`;
    this.spacer.style.height = `${Math.max(this.board.total + AXIS + 6 - tall, 0)}px`;
    this.canvas.width = Math.round(wide * ratio);
    this.canvas.height = Math.round(tall * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.minimap.element.dataset["labels"] = String(this.labels);
    this.paint();
  }

  rebuild(): void {
    this.list = rows(this.whole, this.opened);
    this.board.measure(this.list);
    this.size();
  }

  private changed(now: State, before: State): void {
    if (now.finding !== before.finding) this.light = now.finding >= 0 ? lit(this.whole, this.document_, now.finding) : [];
    if (now.schedule !== before.schedule) this.slideTo(before.schedule, now.schedule);
    if (now.selected !== before.selected && now.selected) this.tell(now.selected);
    this.redraw();
  }

  private slideTo(from: number, to: number): void {
    cancelAnimationFrame(this.slide);
    const begun = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = (time: number): void => {
      const share = still ? 1 : Math.min(Math.max((time - begun) / SLIDE_MS, 0), 1);
      const eased = share < 0.5 ? 4 * share ** 3 : 1 - (-2 * share + 2) ** 3 / 2;
      this.blend = share >= 1 ? new Blend(to, to, 1) : new Blend(from, to, eased);
      this.paint();
      if (share < 1) this.slide = requestAnimationFrame(step);
      else if (this.store.state.selected) this.tell(this.store.state.selected);
    };
    this.slide = requestAnimationFrame(step);
  }

  redraw(): void {
    if (this.queued) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      this.paint();
    });
  }

  look(): Look {
    const { state } = this.store;
    return {
      width: this.frame.clientWidth,
      height: Math.min(this.board.total + AXIS + 6, TALLEST),
      labels: this.labels,
      scroll: this.scroller.scrollTop,
      blend: this.blend,
      view: this.view,
      lit: this.light,
      byTask: state.colour === "task",
      selected: state.selected,
      selectedRow: this.row,
      found: this.found,
      hover: this.hover,
    };
  }

  paint(): void {
    const begun = performance.now();
    const look = this.look();
    if (look.width < 10) return;
    this.board.draw(this.list, look);
    this.selection(look);
    this.minimap.draw(look.width, look.labels, this.blend, this.board.ink, Math.min(devicePixelRatio || 1, 2));
    this.frames.push(performance.now() - begun);
    if (this.frames.length > 240) this.frames.shift();
  }

  private selection(look: Look): void {
    const { selected } = look;
    const group = selected ? this.whole.groups[selected.group] : undefined;
    if (!selected || !group) return;
    const middle = (id: string): number => {
      const index = this.list.findIndex((row) => row.id === id);
      return index < 0 ? NaN : AXIS + this.board.tops[index]! + this.list[index]!.height / 2 - look.scroll;
    };
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(0, AXIS, look.width, look.height);
    this.pen.clip();
    this.outline(look, middle);
    for (const arrow of arrows(group, this.list, selected, this.blend)) {
      const [y, y2] = [middle(arrow.from.row), middle(arrow.to.row)];
      if (Number.isNaN(y) || Number.isNaN(y2)) continue;
      paintArrow(this.pen, this.board.ink, [this.board.x(arrow.from.at, look), y], [this.board.x(arrow.to.at, look), y2], arrow.label);
    }
    this.pen.restore();
  }

  private outline(look: Look, middle: (id: string) => number): void {
    const selected = look.selected!;
    const group = this.whole.groups[selected.group]!;
    const [a, b] = this.blend.ends(group);
    const [from, until] = selected.kind === "job" ? ["jobStart", "jobEnd"] as const : ["start", "end"] as const;
    if (selected.kind !== "job" && selected.kind !== "record") return;
    const x = this.board.x(this.blend.mix(a[from][selected.index]!, b[from][selected.index]!), look);
    const x2 = this.board.x(this.blend.mix(a[until][selected.index]!, b[until][selected.index]!), look);
    const y = middle(this.row);
    if (Number.isNaN(y) || x2 < look.labels) return;
    this.pen.strokeStyle = this.board.ink.accent;
    this.pen.lineWidth = 2;
    this.pen.strokeRect(Math.max(x, look.labels) - 1, y - 10, Math.max(x2 - Math.max(x, look.labels), 2) + 2, 20);
  }

  // --- choosing

  /** What is beneath a point of the canvas: its row, and the stretch there. */
  beneath(x: number, y: number): { row: Row | null; found: Hit | null } {
    const look = this.look();
    const at = y - AXIS + look.scroll;
    const index = y < AXIS ? -1 : this.list.findIndex((row, place) => at >= this.board.tops[place]! && at < this.board.tops[place]! + row.height);
    const row = this.list[index] ?? null;
    if (!row || x < look.labels) return { row, found: null };
    const slack = (3 * this.view.length) / Math.max(look.width - look.labels, 1);
    return { row, found: hit(this.whole, row, this.board.at(x, look), this.store.state.schedule, slack) };
  }

  point(x: number, y: number): void {
    const { row, found } = this.beneath(x, y);
    const text = found ? this.speaker.say(found, this.store.state.schedule) : row && x < this.labels ? labelOf(row, this.whole) : "";
    this.tip.hidden = !text;
    if (text) {
      this.tip.textContent = h("span", {}, text).textContent;
      const wide = this.frame.clientWidth;
      this.tip.style.left = `${Math.max(Math.min(x + 14, wide - this.tip.offsetWidth - 8), 4)}px`;
      this.tip.style.top = `${y + 18}px`;
    }
    if ((row?.id ?? "") !== this.hover) {
      this.hover = row?.id ?? "";
      this.redraw();
    }
  }

  unpoint(): void {
    this.tip.hidden = true;
    this.hover = "";
    this.redraw();
  }

  click(x: number, y: number): void {
    const { row, found } = this.beneath(x, y);
    if (!row) return;
    if (row.fold && (x < this.labels || row.kind === "tasks" || row.kind === "threads")) {
      this.toggle(row);
      return;
    }
    this.row = row.id;
    if (found && (found.kind === "record" || found.kind === "job")) this.store.set({ selected: { group: found.group, kind: found.kind, index: found.index } });
    else {
      this.store.set({ selected: null });
      if (found) this.speak(this.speaker.say(found, this.store.state.schedule));
    }
  }

  toggle(row: Row): void {
    if (this.opened.has(row.id)) this.opened.delete(row.id);
    else this.opened.add(row.id);
    this.row = row.id;
    this.rebuild();
    const now = this.list.find((one) => one.id === row.id);
    this.speak(`${labelOf(row, this.whole)}: ${now?.fold ?? ""}`);
  }

  private speak(text: string): void {
    this.said.textContent = h("span", {}, text).textContent;
  }

  private tell(selected: Selected): void {
    const group = this.whole.groups[selected.group];
    if (!group) return;
    const { schedule } = this.store.state;
    if (selected.kind === "record" && selected.index < group.records.row.length) this.speak(this.speaker.about(group, selected.index, schedule));
    else if (selected.kind === "job" && selected.index < group.jobs.pool.length) this.speak(this.speaker.say({ kind: "job", group: selected.group, index: selected.index }, schedule));
  }

  /** Select what an address told, if there is such a thing, and find its row. */
  private choose(selected: Selected): void {
    const group = this.whole.groups[selected.group];
    const most = selected.kind === "job" ? group?.jobs.pool.length : group?.records.row.length;
    if (!group || !most || selected.index >= most) {
      this.store.set({ selected: null });
      return;
    }
    const row = group.records.row[selected.index]!;
    this.row = selected.kind === "job" ? rowOf(this.list, group.index, "thread", group.jobs.worker[selected.index]!) : rowOf(this.list, group.index, "task", row);
    this.tell(selected);
  }

  show(from: number, until: number): void {
    this.view.show(from, until);
    this.moved();
  }

  moved(): void {
    this.store.set({ from: this.view.from / this.view.end, until: this.view.until / this.view.end });
  }

  /** The row above or below; headings are passed over. */
  walk(direction: 1 | -1): void {
    let index = this.list.findIndex((row) => row.id === this.row);
    do index += direction;
    while (this.list[index]?.kind === "heading");
    const row = this.list[index];
    if (!row) return;
    this.row = row.id;
    this.reveal(row.id);
    this.store.set({ selected: null });
    this.speak(labelOf(row, this.whole) + (row.fold ? `, ${row.fold}; Enter opens or closes it` : ""));
  }

  /** The stretch before or after in the chosen row. */
  step(direction: 1 | -1): void {
    const row = this.list.find((one) => one.id === this.row);
    const { selected, schedule } = this.store.state;
    if (!row) {
      this.walk(1);
      return;
    }
    const current: Hit | null = selected && (selected.kind === "record" || selected.kind === "job") ? ({ ...selected, part: "step" } as Hit) : null;
    const next = beside(this.whole.groups[row.group]!, row, current, direction, this.view.from, schedule);
    if (next?.kind === "record" || next?.kind === "job") this.store.set({ selected: { group: next.group, kind: next.kind, index: next.index } });
  }

  enter(): void {
    const row = this.list.find((one) => one.id === this.row);
    if (row?.fold) this.toggle(row);
  }

  reveal(id: string): void {
    const index = this.list.findIndex((row) => row.id === id);
    if (index < 0) return;
    const top = this.board.tops[index]!;
    const room = this.scroller.clientHeight;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + this.list[index]!.height > this.scroller.scrollTop + room) this.scroller.scrollTop = top + this.list[index]!.height - room;
  }

  /** Mark the rows whose names have the text in them; how many there are. */
  search(text: string): number {
    const wanted = text.trim().toLowerCase();
    const matches = wanted ? this.list.filter((row) => labelOf(row, this.whole).toLowerCase().includes(wanted)) : [];
    this.found = new Set(matches.map((row) => row.id));
    if (matches[0]) this.reveal(matches[0].id);
    this.redraw();
    return matches.length;
  }

  scrollBy(down: number): void {
    this.scroller.scrollTop += down;
  }
}
