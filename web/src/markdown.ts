// The pages of the causes as elements: paragraphs, lists, code and tables; nothing else is in them.
import { h } from "./dom";

export function markdown(text: string): HTMLElement {
  const made = h("div", { class: "prose" });
  const parts = text.split(/^```[^\n]*\n([\s\S]*?)^```\s*$/m);
  parts.forEach((part, index) => {
    if (index % 2 === 1) made.append(h("pre", { tabindex: 0, role: "region", "aria-label": "example" }, h("code", {}, part.replace(/\n$/, ""))));
    else for (const block of part.split(/\n\s*\n/)) if (block.trim()) made.append(blockOf(block.trim()));
  });
  return made;
}

function blockOf(block: string): HTMLElement {
  const lines = block.split("\n");
  const heading = /^#+ (.+)$/.exec(block);
  if (heading) return h("h4", {}, ...inline(heading[1]!));
  if (lines[0]!.startsWith("|")) return table(lines);
  if (/^(?:[-*]|\d+\.) /.test(block)) {
    const items = block.split(/\n(?=(?:[-*]|\d+\.) )/).map((item) => h("li", {}, ...inline(item.replace(/^(?:[-*]|\d+\.) /, "").replace(/\s*\n\s*/g, " "))));
    return /^\d/.test(block) ? h("ol", {}, ...items) : h("ul", {}, ...items);
  }
  return h("p", {}, ...inline(lines.join(" ")));
}

function table(lines: string[]): HTMLElement {
  const cells = (line: string): string[] => line.replace(/^\||\|\s*$/g, "").split("|").map((cell) => cell.trim());
  const [head, , ...rest] = lines;
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...cells(head!).map((cell) => h("th", { scope: "col" }, ...inline(cell))))),
    h("tbody", {}, ...rest.map((line) => h("tr", {}, ...cells(line).map((cell) => h("td", {}, ...inline(cell)))))),
  );
}

/** `code`, **strong** and the words of links; the links' ends are pages of the docs, which are not here. */
export function inline(text: string): (HTMLElement | string)[] {
  const plain = text.replace(/\[([^\]]+)\]\([^)\s]+\)/g, "$1");
  return plain.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`") && part.length > 2) return h("code", {}, part.slice(1, -1));
    return part.startsWith("**") && part.length > 4 ? h("strong", {}, part.slice(2, -2)) : part;
  });
}
