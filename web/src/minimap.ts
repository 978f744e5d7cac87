// The whole run in one strip: how much of each moment the loops were held, and how many tasks were ready.
import { h } from "./dom";
import { paintHeaps } from "./paint";
import type { Palette } from "./palette";
import type { Blend, Picture } from "./schedule";
import { Heap, RAN, READY } from "./strip";
import type { Viewport } from "./viewport";

const HEIGHT = 40;

export class Minimap {
  readonly element = h("canvas", { class: "minimap", "aria-hidden": "true" });
  private cache: { key: string; image: HTMLCanvasElement } | null = null;

  constructor(
    private readonly whole: Picture,
    private readonly view: Viewport,
    private readonly show: (from: number, until: number) => void,
  ) {
    this.listen();
  }

  draw(width: number, labels: number, blend: Blend, ink: Palette, ratio: number): void {
    const pen = this.element.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!pen || width <= labels) return;
    const [wide, tall] = [Math.round(width * ratio), Math.round(HEIGHT * ratio)];
    if (this.element.width !== wide || this.element.height !== tall) [this.element.width, this.element.height] = [wide, tall];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = ink.paper;
    pen.fillRect(0, 0, width, HEIGHT);
    const plot = Math.floor(width - labels);
    pen.drawImage(this.overview(plot, blend, ink), labels, 0);
    const x = labels + (this.view.from / this.view.end) * plot;
    const x2 = labels + (this.view.until / this.view.end) * plot;
    pen.fillStyle = ink.paper;
    pen.globalAlpha = 0.68;
    pen.fillRect(labels, 0, x - labels, HEIGHT);
    pen.fillRect(x2, 0, width - x2, HEIGHT);
    pen.globalAlpha = 1;
    pen.strokeStyle = ink.accent;
    pen.lineWidth = 1.5;
    pen.strokeRect(x + 0.75, 0.75, Math.max(x2 - x - 1.5, 1), HEIGHT - 1.5);
    pen.fillStyle = ink.faint;
    pen.font = "600 11px ui-sans-serif, system-ui, sans-serif";
    pen.textBaseline = "middle";
    if (labels > 70) pen.fillText("WHOLE RUN", 10, HEIGHT / 2);
  }

  /** Drawn once for each width, schedule and theme; on the way between two schedules each time. */
  private overview(plot: number, blend: Blend, ink: Palette): HTMLCanvasElement {
    const key = `${plot} ${blend.from} ${blend.to} ${blend.share.toFixed(2)} ${ink.paper}`;
    if (this.cache?.key === key) return this.cache.image;
    const image = document.createElement("canvas");
    image.width = plot;
    image.height = HEIGHT;
    const held = Array.from({ length: 5 }, () => new Heap(plot));
    const ready = new Heap(plot);
    this.sum(plot, blend, held, ready);
    const pen = image.getContext("2d", { willReadFrequently: true });
    if (pen) {
      const loops = Math.max(this.whole.groups.reduce((sum, group) => sum + group.ofThread.filter((own) => own.length).length, 0), 1);
      const waiting = Math.max(...ready.sums(), 1);
      paintHeaps(pen, { x: 0, y: 2, width: plot, height: HEIGHT - 4 }, waiting, [{ heap: ready, ink: ink.states[READY]!, alpha: 0.75 }]);
      paintHeaps(pen, { x: 0, y: HEIGHT * 0.45, width: plot, height: HEIGHT * 0.55 - 2 }, loops, held.map((heap, kind) => ({ heap, ink: ink.states[RAN + kind]! })));
    }
    this.cache = { key, image };
    return image;
  }

  private sum(plot: number, blend: Blend, held: Heap[], ready: Heap): void {
    const scale = plot / this.whole.end;
    const k = blend.share;
    for (const group of this.whole.groups) {
      const [a, b] = blend.ends(group);
      for (let record = 0; record < group.records.row.length; record += 1) {
        const start = (a.start[record]! + (b.start[record]! - a.start[record]!) * k) * scale;
        ready.add((a.release[record]! + (b.release[record]! - a.release[record]!) * k) * scale, start);
        held[group.records.kind[record]!]!.add(start, (a.end[record]! + (b.end[record]! - a.end[record]!) * k) * scale, group.records.steps[record]! > 1 ? 0.5 : 1);
      }
      for (const job of group.jobs.worker.keys()) ready.add(group.jobs.submitted[job]! * scale, blend.mix(a.jobStart[job]!, b.jobStart[job]!) * scale);
      const on = a === b ? 1 : k;
      for (const away of b.away) held[group.records.kind[away.record]!]!.add((away.from + (away.left - away.from) * on) * scale, (away.until + (away.back - away.until) * on) * scale, -on);
    }
  }

  private listen(): void {
    let begun = -1;
    const at = (event: PointerEvent): number => {
      const box = this.element.getBoundingClientRect();
      const labels = Number(this.element.dataset["labels"] ?? 0);
      return Math.min(Math.max((event.clientX - box.left - labels) / Math.max(box.width - labels, 1), 0), 1) * this.view.end;
    };
    this.element.addEventListener("pointerdown", (event) => {
      begun = at(event);
      this.element.setPointerCapture(event.pointerId);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (begun < 0) return;
      const now = at(event);
      if (Math.abs(now - begun) > this.view.end / 300) this.show(Math.min(begun, now), Math.max(begun, now));
    });
    this.element.addEventListener("pointerup", (event) => {
      const now = at(event);
      const length = this.view.length;
      if (Math.abs(now - begun) <= this.view.end / 300) this.show(now - length / 2, now + length / 2);
      begun = -1;
    });
  }
}
