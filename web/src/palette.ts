// The colours of the canvas, read from the style sheet, so that light and dark are told in one place.
import { AWAITING, BLOCKED, BUSY, GIL, GIL_WAIT, JOB, JOB_BUSY, LEFT, QUEUED, RAN, READY, STATES } from "./strip";

export interface Palette {
  ink: string;
  faint: string;
  line: string;
  paper: string;
  band: string;
  accent: string;
  states: (string | CanvasPattern)[];
  plain: string[];
  /** Colours of tasks by what they run. */
  wheel: string[];
}

const NAMES: [number, string][] = [
  [AWAITING, "--awaiting"], [READY, "--ready"], [RAN, "--ran"], [BLOCKED, "--blocked"], [BUSY, "--busy"], [GIL, "--gil"],
  [GIL_WAIT, "--gil-wait"], [JOB, "--job"], [JOB_BUSY, "--job-busy"], [QUEUED, "--queued"], [LEFT, "--awaiting"],
]; // prettier-ignore
const HATCHED = new Set([READY, GIL_WAIT, QUEUED]);

export function palette(context: CanvasRenderingContext2D): Palette {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim() || "#888";
  const plain = new Array<string>(STATES).fill("#888");
  const states = new Array<string | CanvasPattern>(STATES).fill("#888");
  for (const [state, name] of NAMES) {
    plain[state] = of(name);
    states[state] = HATCHED.has(state) ? hatch(context, of(name), of(`${name}-back`)) : of(name);
  }
  const wheel = Array.from({ length: 12 }, (_, index) => `hsl(${(index * 137.5) % 360} ${of("--wheel")})`);
  return { ink: of("--ink"), faint: of("--faint"), line: of("--line"), paper: of("--paper"), band: of("--band"), accent: of("--accent"), states, plain, wheel };
}

/** Slanted lines: what waits for the loop is told from what runs without colour too. */
function hatch(context: CanvasRenderingContext2D, colour: string, back: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.fillStyle = back;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const x of [-6, 0, 6]) {
    pen.moveTo(x - 1, 7);
    pen.lineTo(x + 7, -1);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? colour;
}
