// Puts the page together.
import "./style.css";
import { banner } from "./banner";
import { KEYS, keys, point } from "./controls";
import { unpack, type Document } from "./document";
import { h } from "./dom";
import { findings } from "./findings";
import { legend } from "./legend";
import { count } from "./measures";
import { picture, type Picture } from "./schedule";
import { footer, placement, source, unseen } from "./sections";
import { Store } from "./state";
import { Timeline } from "./timeline";

function choice(name: string, label: string, value: string, now: string, pick: () => void): HTMLElement {
  const input = h("input", { type: "radio", name, value, checked: value === now, onchange: pick });
  return h("label", { class: "choice" }, input, h("span", {}, label));
}

function whatIf(whole: Picture, index: number): string {
  const { findings: own } = whole.whatIfs[index]!;
  if (own.length > 1) return `what if: all ${own.length} fixes`;
  return `what if: fix ${own[0]! + 1}`;
}

function controls(whole: Picture, store: Store, timeline: Timeline, help: () => void): { element: HTMLElement; search: HTMLInputElement } {
  const { state } = store;
  const choices = ["as it ran", ...whole.whatIfs.map((_, index) => whatIf(whole, index))];
  const schedule = h("fieldset", { class: "switch", "data-switch": "schedule" }, h("legend", { class: "hidden" }, "schedule"), ...choices.map((label, index) => choice("schedule", label, String(index), String(state.schedule), () => { store.set({ schedule: index }); })));
  const colour = h("fieldset", { class: "switch" }, h("legend", {}, "colour by"), ...(["state", "task"] as const).map((label) => choice("colour", label, label, state.colour, () => { store.set({ colour: label }); })));
  const found = h("span", { class: "found", role: "status" });
  const search = h("input", { type: "search", placeholder: "search rows  /", "aria-label": "search rows", oninput: () => {
    const number = timeline.search(search.value);
    found.textContent = search.value.trim() ? count(number, "row") : "";
  } }); // prettier-ignore
  search.addEventListener("keydown", (event) => { if (event.key === "Escape" || event.key === "Enter") timeline.canvas.focus(); });
  store.listen((now) => {
    for (const input of schedule.querySelectorAll("input")) input.checked = input.value === String(now.schedule);
    for (const input of colour.querySelectorAll("input")) input.checked = input.value === now.colour;
  });
  const fit = h("button", { type: "button", onclick: () => { timeline.show(0, whole.end); } }, "fit");
  const list = h("button", { type: "button", "aria-label": "list the keys", onclick: help }, "?");
  return { element: h("div", { class: "controls" }, whole.whatIfs.length ? schedule : null, colour, h("span", { class: "push" }), search, found, fit, list), search };
}

function helper(): HTMLDialogElement {
  const rows = KEYS.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what)));
  const dialog: HTMLDialogElement = h("dialog", { "aria-label": "keys" }, h("h2", {}, "Keys"), h("table", {}, h("tbody", {}, ...rows)), h("p", {}, "Drag moves the timeline. The wheel zooms once it has the focus, or with Ctrl. Drag in the whole run to zoom there."), h("button", { type: "button", onclick: () => { dialog.close(); } }, "close"));
  return dialog;
}

function timelineOf(whole: Picture, told: Document, store: Store, help: () => void): { section: HTMLElement; timeline: Timeline; search: () => void } {
  const timeline = new Timeline(whole, told, store);
  const { element, search } = controls(whole, store, timeline, help);
  const section = h("section", { id: "timeline", class: "broad", "aria-labelledby": "timeline-title" }, h("h2", { id: "timeline-title" }, "Timeline"), element, timeline.minimap.element, timeline.frame, legend(whole), timeline.said);
  point(timeline);
  return { section, timeline, search: () => { search.focus(); } };
}

/** The choices kept in the address; those that this report does not have are forgotten. */
function remembered(told: Document, whole: Picture | null): Store {
  const store = new Store(location.hash, (hash) => { history.replaceState(null, "", hash ? `#${hash}` : location.pathname); });
  if (store.state.schedule > (whole?.whatIfs.length ?? 0)) store.set({ schedule: 0 });
  if (store.state.finding >= told.header.report.findings.length) store.set({ finding: -1 });
  return store;
}

function showHottest(): void {
  for (const listing of document.querySelectorAll(".listing")) {
    const hot = listing.querySelector<HTMLElement>("tr.hot");
    if (hot) listing.scrollTop = Math.max(hot.offsetTop - 120, 0);
  }
}

function build(told: Document, whole: Picture | null, store: Store): Timeline | null {
  const { header } = told;
  const dialog = helper();
  const help = (): void => { dialog.showModal(); };
  const drawn = whole?.groups.length ? timelineOf(whole, told, store, help) : null;
  const look = (): void => { drawn?.section.scrollIntoView({ behavior: "smooth", block: "nearest" }); };
  const parts = [banner(header.report), findings(header, whole, store, look), drawn?.section ?? null, placement(header.report), source(header, whole), unseen(header, whole), footer(header), dialog];
  document.getElementById("report")!.append(...parts.filter((part) => part !== null));
  drawn?.timeline.rebuild();
  keys(drawn?.timeline ?? null, store, { findings: header.report.findings.length, whatIfs: whole?.whatIfs.length ?? 0 }, help, drawn?.search ?? ((): void => undefined));
  return drawn?.timeline ?? null;
}

async function main(): Promise<void> {
  const told = await unpack(document.getElementById("data")!.textContent);
  const whole = picture(told);
  const wanted = location.hash.slice(1);
  const store = remembered(told, whole);
  const timeline = build(told, whole, store);
  store.set({});
  showHottest();
  document.getElementById(wanted)?.scrollIntoView();
  Object.assign(globalThis, { asyncwhy: { timeline, store, whole, ready: performance.now() } });
}

main().catch((error: unknown) => {
  document.getElementById("report")!.append(h("p", { class: "calm" }, `This page could not be shown: ${error instanceof Error ? error.message : String(error)}. A current browser is needed; \`asyncwhy report\` says the same on the terminal.`));
});
