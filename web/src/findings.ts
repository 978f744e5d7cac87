// The findings by seconds lost, each folding out its code, why it is bad, and ways to mend it.
import { diff, frame } from "./code";
import { bar, h } from "./dom";
import type { Finding, Header, Remedy, Site } from "./document";
import { inline, markdown } from "./markdown";
import { seconds, times } from "./measures";
import type { Picture } from "./schedule";
import type { Store } from "./state";
import { place } from "./text";

export function findings(header: Header, whole: Picture | null, store: Store, look: () => void): HTMLElement {
  const { report } = header;
  const made = h("section", { id: "findings", "aria-labelledby": "findings-title" }, h("h2", { id: "findings-title" }, report.findings.length ? "Findings" : "No findings"));
  if (!report.findings.length) made.append(h("p", { class: "calm" }, report.program.exception ? `Nothing to fix in what ran; first the ${report.program.exception.split(" ")[0]}.` : report.verdict === "asynchronous" ? "Nothing to fix." : "Nothing was found that costs enough to be worth a person's time."));
  const most = Math.max(...report.findings.map((finding) => finding.cost_s ?? 0), 1e-9);
  report.findings.forEach((finding, index) => { made.append(one(header, whole, store, look, finding, index, most)); });
  return made;
}

/** The what-if that mends this finding alone, or all together; 0 for none. */
export function scheduleOf(whole: Picture | null, finding: number): number {
  const alone = whole?.whatIfs.findIndex((one) => one.findings.length === 1 && one.findings[0] === finding) ?? -1;
  return (alone >= 0 ? alone : (whole?.whatIfs.findIndex((one) => one.findings.includes(finding)) ?? -1)) + 1;
}

function one(header: Header, whole: Picture | null, store: Store, look: () => void, finding: Finding, index: number, most: number): HTMLElement {
  const schedule = scheduleOf(whole, index);
  const show = h("button", { type: "button", class: "show", "aria-pressed": "false", "aria-label": `show finding ${index + 1} in the timeline`, onclick: () => {
    const lit = store.state.finding === index;
    store.set({ finding: lit ? -1 : index });
    if (!lit) look();
  } }, "show"); // prettier-ignore
  const fix = schedule > 0 ? h("button", { type: "button", class: "fix", "aria-pressed": "false", "aria-label": `what if finding ${index + 1} were mended`, onclick: () => {
    store.set({ schedule: store.state.schedule === schedule ? 0 : schedule });
    look();
  } }, "what if") : null; // prettier-ignore
  const made = h(
    "article",
    { class: "finding", "data-finding": index + 1, "aria-labelledby": `finding-${index + 1}` },
    h("div", { class: "head" },
      h("span", { class: "rank", "aria-hidden": "true" }, index + 1),
      h("div", { class: "what" }, h("h3", { id: `finding-${index + 1}` }, h("span", { class: "slug" }, finding.cause), " ", ...inline(finding.headline || finding.message)), h("p", { class: "where" }, h("code", { title: finding.site.file }, place(finding.site.file, finding.site.line)), ` in ${finding.site.function}`, known(finding))),
      h("div", { class: "cost" }, h("b", {}, cost(finding)), h("span", { class: "track", "aria-hidden": "true" }, bar("fill", (finding.cost_s ?? 0) / most)), h("span", { class: "gain" }, gain(header, finding))),
      h("div", { class: "acts" }, whole ? show : null, fix),
    ),
    h("p", { class: "message" }, ...inline(finding.message)),
    h("div", { class: "folds" }, codeOf(header, finding, index === 0), fixesOf(header, finding, index === 0), whyOf(header, finding)),
  ); // prettier-ignore
  store.listen((state) => {
    made.classList.toggle("lit", state.finding === index);
    show.setAttribute("aria-pressed", String(state.finding === index));
    fix?.setAttribute("aria-pressed", String(state.schedule === schedule && schedule > 0));
  });
  return made;
}

function known(finding: Finding): string {
  return { measured: "", inferred: " · inferred", static: " · from the source" }[finding.evidence];
}

function cost(finding: Finding): string {
  return finding.cost_s ? seconds(finding.cost_s) : times(finding.count);
}

function gain(header: Header, finding: Finding): string {
  const counted = finding.cost_s ? times(finding.count) : "";
  if (finding.possible_s === null || finding.possible_s >= header.report.wall_s * 0.99) return counted;
  return `${counted} · without it ${seconds(finding.possible_s)}`;
}

function codeOf(header: Header, finding: Finding, open: boolean): HTMLElement {
  const made = h("details", { open }, h("summary", {}, "code"), frame(header.lines, finding.site, finding.label, "fault", 2));
  const inner = finding.stack[0];
  const related = [...finding.related];
  const same = (one: Site, other: Site): boolean => one.file === other.file && one.line === other.line;
  if (finding.inside_library && inner && !related.some((one) => same(one.site, inner))) related.unshift({ role: `inside ${finding.inside_library}`, site: inner, note: "" });
  if (finding.started_by && !related.some((one) => one.role.includes("started"))) related.push({ role: "started by", site: finding.started_by, note: "" });
  for (const one of related) made.append(h("p", { class: "role" }, `${one.role} `, h("code", { title: one.site.file }, place(one.site.file, one.site.line))), frame(header.lines, one.site, one.note, "related", 0));
  const victims = suffered(finding).filter((victim) => !same(victim.site, finding.site)).slice(0, 5);
  if (victims.length) made.append(h("p", { class: "role" }, "kept waiting"), h("ul", { class: "victims" }, ...victims.map((victim) => h("li", {}, h("code", { title: victim.site.file }, `${place(victim.site.file, victim.site.line)} ${victim.site.function}`), ` ${times(victim.count)}, ${seconds(victim.late_s)} together`))));
  return made;
}

/** Who suffered, a line that did so in several processes once. */
function suffered(finding: Finding): Finding["victims"] {
  const made = new Map<string, Finding["victims"][number]>();
  for (const victim of finding.victims) {
    const key = `${victim.site.line} ${victim.site.file}`;
    const before = made.get(key);
    made.set(key, before ? { ...before, count: before.count + victim.count, late_s: before.late_s + victim.late_s } : victim);
  }
  return [...made.values()].sort((a, b) => b.late_s - a.late_s);
}

const SAFETY = { safe: "safe", "changes-behaviour": "changes behaviour", sketch: "a sketch: it shows the way and does not run as it is" };

function fixesOf(header: Header, finding: Finding, open: boolean): HTMLElement | null {
  if (!finding.remedies.length) return null;
  const title = finding.remedies.length === 1 ? "a way to fix it" : `${finding.remedies.length} ways to fix it`;
  return h("details", { open }, h("summary", {}, title), ...finding.remedies.map((remedy) => remedyOf(header, remedy)));
}

function remedyOf(header: Header, remedy: Remedy): HTMLElement {
  const predicted = remedy.possible_s !== null && remedy.possible_s < header.report.wall_s * 0.99 ? `predicted ${seconds(remedy.possible_s)}` : "";
  return h(
    "div",
    { class: "remedy" },
    h("p", { class: "title" }, h("span", {}, ...inline(remedy.title.charAt(0).toUpperCase() + remedy.title.slice(1))), h("span", { class: `safety ${remedy.safety}` }, SAFETY[remedy.safety]), predicted ? h("b", { class: "predicted" }, predicted) : null),
    remedy.diff ? diff(remedy.diff) : null,
  );
}

function whyOf(header: Header, finding: Finding): HTMLElement | null {
  const page = header.causes[finding.cause];
  if (!page) return null;
  const parts = Object.entries(page).flatMap(([title, text]) => [h("h4", {}, title), markdown(text)]);
  return h("details", {}, h("summary", {}, "why this is bad"), ...parts);
}
