// Pointer, wheel and keys of the timeline.
import type { Store } from "./state";
import type { Timeline } from "./timeline";

export const KEYS: [keys: string, what: string][] = [
  ["w s", "zoom in and out"],
  ["a d", "move left and right"],
  ["f", "fit the whole run"],
  ["↑ ↓", "the row above and below"],
  ["← →", "the stretch before and after in that row"],
  ["Enter", "open or close folded rows"],
  ["1 … 9", "light a finding"],
  ["x", "as it ran, or what if"],
  ["c", "colour by state or by task"],
  ["/", "search"],
  ["Escape", "let go of what is chosen"],
  ["?", "this list"],
];

/** The pointer: drag moves, click selects, a wheel zooms once the timeline has the focus (or with Ctrl). */
export function point(timeline: Timeline): void {
  const { frame, canvas, view } = timeline;
  let last: { x: number; y: number } | null = null;
  let far = 0;
  const local = (event: MouseEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    last = { x: event.clientX, y: event.clientY };
    far = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) {
      timeline.point(...local(event));
      return;
    }
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    far += Math.abs(dx) + Math.abs(dy);
    last = { x: event.clientX, y: event.clientY };
    if (far < 4) return;
    timeline.unpoint();
    frame.classList.add("dragging");
    view.move(-dx / Math.max(frame.clientWidth - timeline.labels, 1));
    timeline.scrollBy(-dy);
    timeline.moved();
  });
  const done = (): void => {
    last = null;
    frame.classList.remove("dragging");
  };
  canvas.addEventListener("click", (event) => { if (far < 4) timeline.click(...local(event)); });
  canvas.addEventListener("pointerup", done);
  canvas.addEventListener("pointercancel", done);
  frame.addEventListener("pointerleave", () => { timeline.unpoint(); });
  frame.addEventListener("wheel", (event) => { wheel(event, timeline, local(event)[0]); }, { passive: false });
}

function wheel(event: WheelEvent, timeline: Timeline, x: number): void {
  const { view, frame, canvas } = timeline;
  const zooms = event.ctrlKey || event.metaKey || document.activeElement === canvas;
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    view.move(event.deltaX / Math.max(frame.clientWidth - timeline.labels, 1));
  } else if (zooms && x > timeline.labels) {
    event.preventDefault();
    const share = (x - timeline.labels) / Math.max(frame.clientWidth - timeline.labels, 1);
    view.zoom(Math.exp(event.deltaY * 0.0015), view.from + share * view.length);
  } else return;
  timeline.moved();
}

/** What every key does; those of the timeline alone only while it has the focus. */
export function keys(timeline: Timeline | null, store: Store, there: { findings: number; whatIfs: number }, help: () => void, search: () => void): void {
  const anywhere: Record<string, () => void> = {
    "?": help,
    "/": search,
    x: () => { if (there.whatIfs > 0) store.set({ schedule: store.state.schedule === 0 ? 1 : 0 }); },
    c: () => { store.set({ colour: store.state.colour === "state" ? "task" : "state" }); },
    Escape: () => { store.set({ finding: -1, selected: null }); },
  };
  for (let index = 0; index < Math.min(there.findings, 9); index += 1) anywhere[String(index + 1)] = (): void => { store.set({ finding: store.state.finding === index ? -1 : index }); };
  const here = timeline ? ofTimeline(timeline) : {};
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const own = timeline && document.activeElement === timeline.canvas ? here[event.key] : undefined;
    const act = own ?? anywhere[event.key] ?? zoomKey(here, event.key);
    if (!act) return;
    act();
    event.preventDefault();
  });
}

/** w a s d and f work from everywhere: no other part of the page needs them. */
function zoomKey(here: Record<string, () => void>, key: string): (() => void) | undefined {
  return key.length === 1 && "wasdf".includes(key) ? here[key] : undefined;
}

function ofTimeline(timeline: Timeline): Record<string, () => void> {
  const { view } = timeline;
  const then = (act: () => void) => (): void => {
    act();
    timeline.moved();
  };
  return {
    w: then(() => { view.zoom(0.7, (view.from + view.until) / 2); }),
    s: then(() => { view.zoom(1 / 0.7, (view.from + view.until) / 2); }),
    a: then(() => { view.move(-0.15); }),
    d: then(() => { view.move(0.15); }),
    f: then(() => { view.fit(); }),
    ArrowUp: () => { timeline.walk(-1); },
    ArrowDown: () => { timeline.walk(1); },
    ArrowLeft: () => { timeline.step(-1); },
    ArrowRight: () => { timeline.step(1); },
    Enter: () => { timeline.enter(); },
    " ": () => { timeline.enter(); },
  };
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement ? target.type === "search" : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
