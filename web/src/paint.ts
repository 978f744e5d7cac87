// Draws the strips of a row: solid for what runs, hatched for what is ready, a thin line for what only waits.
import type { Palette } from "./palette";
import { AWAITING, LEFT, READY, STATES, type Heap, type Strip } from "./strip";

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const DIM = 0.22;

export function paintStrips(pen: CanvasRenderingContext2D, ink: Palette, area: Area, bright: Strip, dim: Strip, colour: string | null, lit: boolean, least = 0.25): void {
  pen.globalAlpha = DIM;
  paintStrip(pen, ink, area, dim, colour, false, least);
  pen.globalAlpha = 1;
  paintStrip(pen, ink, area, bright, colour, lit, least);
}

function paintStrip(pen: CanvasRenderingContext2D, ink: Palette, area: Area, strip: Strip, colour: string | null, lit: boolean, least: number): void {
  for (let state = 0; state < STATES; state += 1) {
    const boxes = strip.boxes[state]!;
    if (boxes.length === 0) continue;
    const solid = state > READY && colour;
    const thin = state === AWAITING || state === LEFT;
    if (thin) {
      paintLine(pen, area, boxes, lit ? ink.accent : ink.states[state]!, lit ? 5 : 2);
      continue;
    }
    pen.fillStyle = solid || ink.states[state]!;
    for (const box of boxes) pen.fillRect(area.x + box.x, area.y, Math.max(box.width - (box.width > 4 ? 0.5 : 0), 0.7), area.height);
  }
  paintShares(pen, ink, area, strip, colour, least);
}

function paintLine(pen: CanvasRenderingContext2D, area: Area, boxes: { x: number; width: number }[], ink: string | CanvasPattern, tall: number): void {
  pen.fillStyle = ink;
  for (const box of boxes) pen.fillRect(area.x + box.x, Math.round(area.y + (area.height - tall) / 2), Math.max(box.width, 0.7), tall);
}

/** Of each pixel, stacked from below: what ran, then what was ready; a line where nothing of both was. */
function paintShares(pen: CanvasRenderingContext2D, ink: Palette, area: Area, strip: Strip, colour: string | null, least: number): void {
  const floor = new Float32Array(strip.width);
  for (const state of [2, 3, 4, 5, 6, 7, 8, 9, READY]) {
    if (!strip.used[state]) continue;
    const shares = strip.shares[state]!;
    pen.fillStyle = (state > READY && colour) || ink.states[state]!;
    for (let x = 0; x < strip.width; x += 1) {
      const share = Math.min(shares[x]!, 1 - floor[x]!);
      if (share <= 0.002) continue;
      const tall = Math.max(share, state === READY ? 0.1 : least) * area.height;
      const bottom = area.y + area.height * (1 - floor[x]!);
      pen.fillRect(area.x + x, Math.max(bottom - tall, area.y), 1, Math.min(tall, bottom - area.y));
      floor[x] = Math.min(floor[x]! + tall / area.height, 1);
    }
  }
  if (!strip.used[AWAITING]) return;
  pen.fillStyle = ink.states[AWAITING]!;
  const shares = strip.shares[AWAITING]!;
  for (let x = 0; x < strip.width; x += 1) if (shares[x]! > 0.3 && floor[x]! < 0.5) pen.fillRect(area.x + x, Math.round(area.y + area.height / 2 - 1), 1, 2);
}

/** Cuts out what has left the loop, as far as it has, and leaves a waiting line there. */
export function paintLeaving(pen: CanvasRenderingContext2D, ink: Palette, area: Area, strip: Strip, gone: number, line: boolean): void {
  pen.globalAlpha = gone;
  for (const { x, width } of strip.boxes[LEFT]!) {
    pen.fillStyle = ink.paper;
    pen.fillRect(area.x + x, area.y, width, area.height);
    if (!line) continue;
    pen.fillStyle = ink.states[AWAITING]!;
    pen.fillRect(area.x + x, Math.round(area.y + area.height / 2 - 1), width, 2);
  }
  pen.globalAlpha = 1;
}

/** Sums stacked from below, as tall as `most` allows. */
export function paintHeaps(pen: CanvasRenderingContext2D, area: Area, most: number, layers: { heap: Heap; ink: string | CanvasPattern; alpha?: number }[]): void {
  const floor = new Float32Array(area.width);
  for (const { heap, ink, alpha } of layers) {
    const sums = heap.sums();
    pen.fillStyle = ink;
    pen.globalAlpha = alpha ?? 1;
    for (let x = 0; x < area.width; x += 1) {
      const value = sums[x]!;
      if (value <= most * 0.001) continue;
      const tall = Math.max((value / most) * area.height, 0.75);
      const bottom = area.y + area.height - floor[x]!;
      pen.fillRect(area.x + x, Math.max(bottom - tall, area.y), 1, Math.min(tall, Math.max(bottom - area.y, 0)));
      floor[x]! += tall;
    }
  }
  pen.globalAlpha = 1;
}
