// Lines of source as they were written: the line of a finding with what was measured there, and the change that mends it.
import { h } from "./dom";
import type { Site } from "./document";
import { inline } from "./markdown";
import { base, place } from "./text";

type Lines = Record<string, Record<string, string>>;

/** The lines around a site, its own marked, with a label beneath. */
export function frame(lines: Lines, site: Site, label: string, kind: "fault" | "related", around = 1): HTMLElement {
  const own = lines[site.file] ?? {};
  const numbers = Object.keys(own).map(Number).filter((number) => Math.abs(number - site.line) <= around);
  const made = h("div", { class: `frame-of-code ${kind}`, tabindex: 0, role: "region", "aria-label": `code at ${place(site.file, site.line)}` });
  for (const number of numbers.sort((a, b) => a - b)) {
    const text = own[String(number)]!;
    const here = number === site.line;
    made.append(h("div", { class: here ? "line here" : "line" }, h("span", { class: "number" }, number), h("code", {}, ...(here ? marked(text, site) : [text]))));
    if (here && label) made.append(labelled(label, site.column));
  }
  if (numbers.length === 0) made.append(h("div", { class: "line" }, h("span", { class: "number" }, site.line), h("span", {}, label || `in ${site.function}`)));
  return made;
}

/** The words beneath a line, below the place that they are about as far as there is room. */
function labelled(label: string, column: number): HTMLElement {
  const words = h("span", {}, "↑ ", ...inline(label));
  words.style.paddingLeft = `min(${Math.max(column - 1, 0)}ch, 34%)`;
  return h("div", { class: "label" }, words);
}

function marked(text: string, site: Site): (string | HTMLElement)[] {
  const from = Math.max(site.column - 1, 0);
  const until = site.end_column ? site.end_column - 1 : text.length;
  if (until <= from || from >= text.length) return [text];
  return [text.slice(0, from), h("mark", {}, text.slice(from, until)), text.slice(until)];
}

export interface Change {
  sign: "+" | "-" | " " | "@";
  number: number | null;
  text: string;
}

/** The lines of a unified diff, numbered as they were (taken out) or will be (put in). */
export function changes(diff: string): Change[] {
  const made: Change[] = [];
  let [old, now] = [0, 0];
  for (const row of diff.split("\n")) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(row);
    if (hunk) {
      [old, now] = [Number(hunk[1]), Number(hunk[2])];
      if (made.some((one) => one.sign !== "@")) made.push({ sign: "@", number: null, text: "…" });
    } else if (row.startsWith("+++ ")) made.push({ sign: "@", number: null, text: base(row.slice(4).replace(/\t.*$/, "")) });
    else if (row.startsWith("--- ") || row.startsWith("\\") || row === "") continue;
    else if (row.startsWith("-")) made.push({ sign: "-", number: old++ || null, text: row.slice(1) });
    else if (row.startsWith("+")) made.push({ sign: "+", number: now++ || null, text: row.slice(1) });
    else {
      made.push({ sign: " ", number: now || null, text: row.slice(1) });
      old += 1;
      now += 1;
    }
  }
  return made;
}

const WORDS = { "+": "put in", "-": "taken out", " ": "", "@": "" };

export function diff(text: string): HTMLElement {
  const rows = changes(text).map(({ sign, number, text: line }) => {
    const kind = { "+": "added", "-": "removed", " ": "kept", "@": "hunk" }[sign];
    const told = WORDS[sign] ? h("span", { class: "hidden" }, `${WORDS[sign]}: `) : null;
    return h("div", { class: `line ${kind}` }, h("span", { class: "number" }, number), h("span", { class: "sign", "aria-hidden": "true" }, sign === "@" ? "" : sign), h("code", {}, told, line));
  });
  return h("div", { class: "diff", tabindex: 0, role: "region", "aria-label": "the change" }, ...rows);
}
