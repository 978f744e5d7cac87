// The sections below the timeline: which thread, the source, what could not be seen.
import { bar, h } from "./dom";
import type { Header, Placement, Report } from "./document";
import { inline } from "./markdown";
import { count, seconds, times } from "./measures";
import type { Picture } from "./schedule";
import { place, short } from "./text";

export function placement(report: Report): HTMLElement {
  const threads = [...new Set(report.placements.flatMap((one) => one.threads))];
  const one = threads.length <= 1 && report.placements.every((placed) => !placed.sent_by);
  const made = h("section", { id: "threads", "aria-labelledby": "threads-title" }, h("h2", { id: "threads-title" }, "Which thread, and who sent it there"));
  if (report.placements.length === 0) return put(made, h("p", { class: "calm" }, "Nothing of the program's own was seen to run."));
  made.append(h("p", { class: "calm" }, one ? `Everything ran on ${threads[0] ?? "one thread"}. Nothing was sent to another one.` : `${count(threads.length, "thread")} ran the program's code.`));
  const together = merged(report.placements);
  const most = Math.max(...together.map((placed) => placed.run_s), 1e-9);
  const told = together.some((placed) => placed.why);
  const rows = together.map((placed) =>
    h(
      "tr",
      {},
      h("td", {}, h("b", {}, short(placed.function)), h("span", { class: "sub" }, placed.file ? place(placed.file, placed.line) : "")),
      h("td", {}, named(placed.threads)),
      h("td", { class: "amount" }, h("span", {}, `${seconds(placed.run_s)}, ${times(placed.count)}`), h("span", { class: "track", "aria-hidden": "true" }, bar("fill", placed.run_s / most)), placed.queued ? h("span", { class: "sub" }, `${placed.queued.toLocaleString("en-US")} waited ${seconds(placed.queued_s)}`) : null),
      h("td", {}, h("code", {}, placed.how), placed.sent_by ? h("span", { class: "sub", title: placed.sent_by.site.file }, `${place(placed.sent_by.site.file, placed.sent_by.site.line)} in ${short(placed.sent_by.site.function)}`) : null),
      told ? h("td", { class: "why" }, ...inline(placed.why)) : null,
    ),
  );
  const head = ["ran", "on", "for", "sent there by", ...(told ? ["why"] : [])].map((text) => h("th", { scope: "col" }, text));
  return put(made, h("div", { class: "wide", tabindex: 0, role: "region", "aria-labelledby": "threads-title" }, h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows))));
}

/** Rows that differ only in their thread are one. */
function merged(all: Placement[]): Placement[] {
  const made = new Map<string, Placement>();
  for (const one of all) {
    const key = JSON.stringify([one.function, one.file, one.line, one.how, one.sent_by?.site, one.why]);
    const before = made.get(key);
    if (!before) made.set(key, { ...one });
    else {
      before.threads = [...new Set([...before.threads, ...one.threads])];
      for (const sum of ["count", "run_s", "queued", "queued_s"] as const) before[sum] += one[sum];
    }
  }
  return [...made.values()].sort((a, b) => b.run_s - a.run_s);
}

function named(threads: string[]): string {
  return threads.length <= 3 ? threads.join(", ") : `${threads[0]!} and ${threads.length - 1} more`;
}

function put(made: HTMLElement, ...more: HTMLElement[]): HTMLElement {
  made.append(...more);
  return made;
}

export function source(header: Header, whole: Picture | null): HTMLElement {
  const made = h("section", { id: "source", "aria-labelledby": "source-title" }, h("h2", { id: "source-title" }, "Source"));
  const files = whole?.sources ?? [];
  if (files.length === 0) return put(made, h("p", { class: "calm" }, "No line of the program's own stopped the loop or was waited at."));
  made.append(h("p", { class: "calm" }, "In the gutter: how long the event loop was stopped on that line, and ", h("span", { class: "waited" }, "how long tasks awaited"), " there, summed."));
  const most = Math.max(...files.flatMap((file) => file.stopped.map(([, value]) => value)), 1e-9);
  files.forEach((file, index) => { made.append(fileOf(header, file, most, index === 0)); });
  return made;
}

function fileOf(header: Header, file: Picture["sources"][number], most: number, open: boolean): HTMLElement {
  const [stopped, awaited] = [new Map(file.stopped), new Map(file.awaited)];
  const own = header.report.findings.flatMap((finding, index) => (finding.site.file === file.file ? [[finding.site.line, index + 1] as const] : []));
  const total = file.stopped.reduce((sum, [, value]) => sum + value, 0);
  let last = 0;
  const rows: HTMLElement[] = [];
  for (const [number, text] of file.lines) {
    if (last && number > last + 1) rows.push(h("tr", { class: "gap" }, h("td", {}), h("td", {}), h("td", {}), h("td", {}, "⋯")));
    last = number;
    const held = stopped.get(number) ?? 0;
    const numbers = own.filter(([line]) => line === number).map(([, finding]) => h("span", { class: "tag", title: `finding ${finding}` }, finding));
    rows.push(h("tr", { class: held > 0 || numbers.length ? "hot" : "" }, h("td", { class: "held" }, held ? bar("heat", held / most) : null, held ? h("span", {}, seconds(held)) : null), h("td", { class: "waited" }, awaited.has(number) ? seconds(awaited.get(number)!) : ""), h("td", { class: "number" }, number), h("td", {}, h("code", {}, text), ...numbers)));
  }
  const table = h("table", { class: "lines" }, h("thead", { class: "hidden" }, h("tr", {}, ...["stopped", "awaited", "line", "code"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, ...rows));
  return h("details", { open }, h("summary", {}, h("code", {}, file.file), total > 0 ? h("span", { class: "sub" }, ` stopped ${seconds(total)}`) : null), h("div", { class: "listing", tabindex: 0, role: "region", "aria-label": `source of ${file.file}` }, table));
}

export function unseen(header: Header, whole: Picture | null): HTMLElement {
  const { report } = header;
  const { agent_cpu_s, dropped_events, notes } = report.unseen;
  const share = report.wall_s > 0 ? (100 * agent_cpu_s) / report.wall_s : 0;
  const told = [
    `Watching cost ${share < 0.05 ? "less than 0.1" : share.toFixed(1)} % (${seconds(agent_cpu_s)} in ${seconds(report.wall_s)}); times include it.`,
    dropped_events ? `${count(dropped_events, "event was", "events were")} dropped (agent buffer full); counts are too low.` : "No event was dropped.",
    ...notes,
  ];
  for (const group of whole?.groups ?? []) {
    const folded = group.records.steps.reduce((sum, steps) => sum + (steps > 1 ? steps : 0), 0);
    if (folded) told.push(`The timeline folds ${folded.toLocaleString("en-US")} short steps into stretches of what could be drawn.`);
    if (group.tasks.leftOut) told.push(`${count(group.tasks.leftOut, "further task")} that ran shortest have no row.`);
    if (group.jobs.leftOut) told.push(`${count(group.jobs.leftOut, "further job")} are not drawn.`);
  }
  return h("section", { id: "unseen", "aria-labelledby": "unseen-title" }, h("h2", { id: "unseen-title" }, "What we could not see"), h("ul", {}, ...told.map((text) => h("li", {}, text))));
}

export function footer(header: Header): HTMLElement {
  const trace = header.report.trace;
  const quoted = trace && /^[\w./@:+-]+$/.test(trace) ? ` ${trace}` : trace ? ` '${trace.replaceAll("'", "'\\''")}'` : "";
  const button = (label: string, act: () => void): HTMLElement => h("button", { type: "button", onclick: act }, label);
  const said = h("span", { role: "status", class: "copied" });
  const copy = (text: string): void => {
    void navigator.clipboard.writeText(text).then(() => { said.textContent = "copied"; }, () => { said.textContent = text; });
  };
  return h(
    "footer",
    {},
    button("JSON", () => { save("asyncwhy.json", JSON.stringify(header.report, null, 2)); }),
    button("copy command for Perfetto", () => { copy(`asyncwhy report --perfetto run.pftrace${quoted}`); }),
    button("copy command for this page", () => { copy(`asyncwhy report --html${quoted}`); }),
    said,
    h("span", { class: "version" }, `asyncwhy ${header.version}`),
  );
}

function save(name: string, text: string): void {
  const link = h("a", { download: name });
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.click();
  URL.revokeObjectURL(link.href);
}
