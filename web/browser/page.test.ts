// The page in a real browser: no request, no error, and everything that it promises to a pointer, a keyboard and an eye.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executable, House, missing } from "./chromium";

if (!executable) console.warn(missing);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SECTIONS = ["verdict", "findings", "timeline", "threads", "source", "unseen"];

interface Serious {
  id: string;
  impact: string;
  nodes: string[];
}

/** The share of the pixels of a row's middle that have a colour of the palette. */
const INKED = `(row, state) => {
  const { timeline } = globalThis.asyncwhy;
  const index = timeline.list.findIndex((one) => one.kind === row[0] && one.members[0] === row[1]);
  const { canvas, board } = timeline;
  const ratio = canvas.width / canvas.clientWidth;
  const y = Math.round((26 + board.tops[index] + timeline.list[index].height / 2 + 3) * ratio);
  const data = canvas.getContext("2d").getImageData(Math.round(timeline.labels * ratio), y, canvas.width - Math.round(timeline.labels * ratio), 1).data;
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = board.ink.plain[state];
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  let found = 0, sum = 0;
  for (let at = 0; at < data.length; at += 4) if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 12) { found += 1; sum += at / 4; }
  return { share: (4 * found) / data.length, middle: (4 * sum) / Math.max(found, 1) / data.length };
}`;

async function inked(page: Page, row: [string, number], state: number): Promise<{ share: number; middle: number }> {
  await page.waitForTimeout(80);
  return page.evaluate<{ share: number; middle: number }>(`(${INKED})(${JSON.stringify(row)}, ${state})`);
}

describe.skipIf(!executable)("the page", () => {
  let house: House;
  beforeAll(async () => { house = await House.make(); });
  afterAll(async () => { await house?.close(); });

  test.each(["blocking-call", "pool-saturated", "sequential-awaits", "empty", "hostile"])("%s: whole, silent, and without a request", async (name) => {
    const { page, faults } = await house.open(name);
    for (const id of SECTIONS) expect(await page.locator(`#${id}`).count(), id).toBe(1);
    expect(await page.locator("canvas.board").count()).toBe(1);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("the switch moves the bars to where the replay puts them", async () => {
    const { page, faults } = await house.open("blocking-call");
    const [BLOCKED, task] = [3, ["task", 3] as [string, number]];
    const before = await inked(page, task, BLOCKED);
    expect(before.share).toBeGreaterThan(0.1);
    await page.getByLabel("what if: fix 1").check({ force: true });
    await page.waitForFunction("globalThis.asyncwhy.timeline.blend.to === 1 && globalThis.asyncwhy.timeline.blend.share === 1");
    const after = await inked(page, task, BLOCKED);
    expect(after.share).toBeLessThan(before.share / 3);
    const [measured, predicted] = await page.evaluate<[number, number]>("[0, 1].map((schedule) => { const { groups: [group] } = globalThis.asyncwhy.whole; return group.times[schedule].end[group.first[4] - 1]; })");
    const wall = await page.evaluate<[number, number]>("[globalThis.asyncwhy.whole.wall, globalThis.asyncwhy.whole.whatIfs[0].wall]");
    expect(predicted).toBeLessThan(measured * 0.9);
    expect(Math.abs(measured - predicted - (wall[0] - wall[1]))).toBeLessThan(wall[0] * 0.1);
    expect(await page.evaluate("location.hash")).toBe("#if=1");
    await page.keyboard.press("x");
    await page.waitForFunction("globalThis.asyncwhy.timeline.blend.to === 0");
    expect((await inked(page, task, BLOCKED)).share).toBeCloseTo(before.share, 2);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("a click on a finding lights its stretches and dims the rest", async () => {
    const { page } = await house.open("blocking-call");
    const [BLOCKED, main] = [3, ["thread", 0] as [string, number]];
    const before = await inked(page, main, BLOCKED);
    await page.getByRole("button", { name: "show finding 1 in the timeline" }).click();
    expect(await page.evaluate("globalThis.asyncwhy.store.state.finding")).toBe(0);
    expect((await inked(page, main, BLOCKED)).share).toBeCloseTo(before.share, 1);
    const lit = await page.evaluate<number[]>("[...globalThis.asyncwhy.timeline.light[0].records]");
    expect(lit.filter(Boolean)).toHaveLength(3);
    await page.context().close();
  });

  test("a click on a bar says what it was", async () => {
    const { page } = await house.open("blocking-call");
    const at = await page.evaluate<{ x: number; y: number }>(`(() => {
      const { timeline, whole } = globalThis.asyncwhy;
      const index = timeline.list.findIndex((row) => row.kind === "task" && row.members[0] === 2);
      const group = whole.groups[0], record = group.first[2];
      const look = timeline.look();
      return { x: timeline.board.x((group.times[0].start[record] + group.times[0].end[record]) / 2, look), y: 26 + timeline.board.tops[index] + 10 };
    })()`);
    await page.locator("canvas.board").click({ position: at });
    const said = (await page.locator("#said").textContent()) ?? "";
    expect(said).toContain("stopped the event loop");
    expect(said).toContain("kept waiting by Task-2");
    expect(await page.evaluate("location.hash")).toMatch(/^#at=0\.record\.\d+$/);
    await page.context().close();
  });

  test("the keyboard alone reaches everything", async () => {
    const { page } = await house.open("blocking-call");
    const wanted = await page.evaluate<number>(`(() => {
      const all = [...document.querySelectorAll("button, summary, canvas[tabindex], [tabindex='0'], input[type=search], input:checked")].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("dialog"));
      all.forEach((one, index) => { one.dataset.stop = index; });
      return new Set(all).size;
    })()`);
    const reached = new Set<string>();
    for (let press = 0; press < wanted + 6; press += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate<string>("document.activeElement?.dataset.stop ?? ''"));
    }
    reached.delete("");
    expect(reached.size).toBe(wanted);
    await page.locator("canvas.board").focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    expect(await page.locator("#said").textContent()).toContain("event loop");
    await page.keyboard.press("1");
    expect(await page.evaluate("globalThis.asyncwhy.store.state.finding")).toBe(0);
    await page.keyboard.press("w");
    expect(await page.evaluate("globalThis.asyncwhy.store.state.until - globalThis.asyncwhy.store.state.from")).toBeLessThan(1);
    await page.keyboard.press("f");
    await page.keyboard.press("/");
    await page.keyboard.type("Task-3");
    expect(await page.locator(".found").textContent()).toBe("1 row");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    expect(await page.locator("dialog[open]").count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.context().close();
  });

  test.each([[375, false], [375, true], [1600, false], [1600, true]])("%i pixels wide, dark %s: it fits, and axe finds nothing serious", async (width, dark) => {
    const { page, faults } = await house.open(width === 375 ? "pool-saturated" : "blocking-call", { width, dark });
    for (const summary of await page.locator("summary").all()) if (await summary.evaluate("(one) => !one.parentElement.open")) await summary.click();
    expect(await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")).toBe(true);
    await page.evaluate(AXE);
    const found = await page.evaluate<Serious[]>("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) })))");
    expect(found.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
