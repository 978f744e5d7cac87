// The verdict: what happened, how long it took, how long it could take.
import { bar, h } from "./dom";
import type { Report } from "./document";
import { inline } from "./markdown";
import { count, faster, seconds } from "./measures";
import { base } from "./text";

const VERDICTS = {
  asynchronous: { sign: "✓", word: "Asynchronous", kind: "good" },
  partly: { sign: "~", word: "Partly asynchronous", kind: "part" },
  "not-asynchronous": { sign: "✗", word: "Not asynchronous", kind: "bad" },
  unknown: { sign: "?", word: "Could not tell", kind: "part" },
} as const;

export function banner(report: Report): HTMLElement {
  const { sign, word, kind } = VERDICTS[report.verdict];
  return h(
    "header",
    { class: `banner ${kind}`, id: "verdict" },
    h("div", { class: "verdict" }, h("p", { class: "word" }, h("span", { class: "sign", "aria-hidden": "true" }, sign), word), h("h1", {}, ...inline(sentence(report.reason))), h("p", { class: "facts" }, ...facts(report))),
    h("div", { class: "numbers" }, ...bars(report), h("p", { class: "once" }, atOnce(report))),
    report.explanation.length ? h("div", { class: "explanation" }, ...report.explanation.map((text) => h("p", {}, ...inline(sentence(text))))) : null,
  );
}

function sentence(text: string): string {
  const word = /^[a-z]+(?=[\s,])/.test(text);
  const first = word ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?:)]$/.test(first) ? first : `${first}.`;
}

function facts(report: Report): (HTMLElement | string)[] {
  const { program } = report;
  const runtime = { python: "Python", node: "Node.js", dotnet: ".NET", go: "Go" }[program.runtime] ?? program.runtime;
  const [command, ...rest] = program.argv;
  const threads = new Set(report.threads.filter((thread) => thread.role !== "runtime").map((thread) => `${thread.process} ${thread.name}`)).size;
  return [
    h("code", { title: program.argv.join(" ") }, [base(command ?? ""), ...rest].join(" ").slice(0, 200)),
    h("span", {}, `${runtime} ${program.runtime_version.split(".").slice(0, 2).join(".")} ${program.frameworks.slice(0, 3).join(", ")}`),
    h("span", {}, count(Math.max(threads, 1), "thread")),
    program.processes > 1 ? h("span", {}, count(program.processes, "process", "processes")) : "",
    program.exit_code ? h("span", {}, program.exit_code > 0 ? `exit code ${program.exit_code}` : `ended by signal ${-program.exit_code}`) : "",
  ].filter(Boolean);
}

function bars(report: Report): HTMLElement[] {
  const gain = faster(report.wall_s, report.possible_s);
  const row = (word: string, value: number, kind: string, note = ""): HTMLElement =>
    h("div", { class: `pace ${kind}` }, h("span", { class: "of" }, word), h("b", {}, seconds(value)), h("span", { class: "track", "aria-hidden": "true" }, bar("fill", value / Math.max(report.wall_s, report.possible_s, 1e-9))), h("span", { class: "note" }, note));
  const made = [row("took", report.wall_s, "took")];
  if (gain && report.findings.length) made.push(row("could take", report.possible_s, "could", gain));
  return made;
}

function atOnce(report: Report): string {
  const { concurrency, parallelism, loops } = report;
  const parts: string[] = [];
  if (concurrency.achieved > 0) {
    const more = concurrency.possible >= concurrency.achieved * 1.05 ? ` (${concurrency.possible.toFixed(1)} possible)` : "";
    parts.push(`${concurrency.achieved.toFixed(1)} tasks at once on average${more}`);
    const used = parallelism.cores_used >= 0.05 ? parallelism.cores_used.toFixed(1) : "less than 0.1";
    parts.push(`on ${used} of ${count(parallelism.cores, "core")}`);
  }
  const longest = Math.max(...loops.map((loop) => loop.longest_hold_s), 0);
  if (longest > 0) parts.push(`longest stop of the event loop ${seconds(longest)}`);
  return parts.join(" · ");
}
