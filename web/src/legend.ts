// What the colours and hatchings mean; only those that this run shows.
import { h } from "./dom";
import type { Picture } from "./schedule";

const STATES: [state: string, words: string, shown: (whole: Picture) => boolean][] = [
  ["ran", "on the event loop", (whole) => kind(whole, 0)],
  ["blocked", "stopped by a call", (whole) => kind(whole, 1)],
  ["busy", "computing", (whole) => kind(whole, 2)],
  ["gil", "keeps the interpreter lock", (whole) => kind(whole, 3)],
  ["gil-wait", "waits for the interpreter lock", (whole) => kind(whole, 4)],
  ["ready", "ready, cannot start", () => true],
  ["awaiting", "awaiting", () => true],
  ["job", "on another thread", (whole) => whole.groups.some((group) => [...group.jobs.busy, ...group.samples.busy].includes(0))],
  ["job-busy", "computing on another thread", (whole) => whole.groups.some((group) => [...group.jobs.busy, ...group.samples.busy].includes(1))],
  ["queued", "queued for a worker", (whole) => whole.groups.some((group) => group.jobs.pool.some((pool) => pool >= 0))],
];

function kind(whole: Picture, number: number): boolean {
  return whole.groups.some((group) => group.records.kind.includes(number));
}

export function legend(whole: Picture): HTMLElement {
  const shown = STATES.filter(([, , there]) => there(whole));
  return h("ul", { class: "legend", "aria-label": "what the colours mean" }, ...shown.map(([state, words]) => h("li", {}, h("span", { class: `swatch ${state}`, "aria-hidden": "true" }), words)));
}
