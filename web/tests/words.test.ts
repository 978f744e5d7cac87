import { expect, test } from "vitest";
import { changes } from "../src/code";
import { faster, moment, seconds, ticks } from "../src/measures";
import { fromHash, FRESH, toHash } from "../src/state";
import { place, shorten, visible } from "../src/text";
import { Viewport } from "../src/viewport";

test.each([
  [0, "0 ms"], [0.00004, "0.04 ms"], [0.0042, "4.2 ms"], [0.048, "48 ms"], [0.0995, "0.10 s"], [6.014, "6.01 s"], [123, "2 min 3 s"], [3720, "1 h 2 min"],
])("%d s is %s", (value, text) => { expect(seconds(value)).toBe(text); });

test("faster only where it is worth a word", () => {
  expect(faster(6.01, 3.01)).toBe("2.0× faster");
  expect(faster(1, 0.99)).toBe("");
});

test("what is invisible is shown, and what is too long is cut", () => {
  expect(visible("a\u202eb\u200dc")).toBe("a\\u202eb\\u200dc");
  expect(visible("plain </script> 'text' \u{1f600}")).toBe("plain </script> 'text' \u{1f600}");
  expect(visible("x".repeat(10_000))).toHaveLength(2001);
  expect(visible("lone \ud800 half")).toBe("lone \\ud800 half");
});

test("names of places", () => {
  expect(place("/home/me/app.py", 7)).toBe("app.py:7");
  expect(shorten("abcdefghij", 5)).toBe("ab…ij");
});

test("an axis has round marks", () => {
  expect(ticks(0, 6, 6)).toEqual({ at: [0, 1, 2, 3, 4, 5, 6], step: 1 });
  expect(moment(0.25, 0.05)).toBe("250 ms");
});

test("the address keeps what was chosen, and nothing that makes no sense", () => {
  const state = { ...FRESH, finding: 1, schedule: 2, from: 0.25, until: 0.5, selected: { group: 0, kind: "record" as const, index: 12 } };
  expect(fromHash(`#${toHash(state)}`)).toEqual(state);
  expect(fromHash("#finding=x&if=-3&view=9-2&at=1.shoe.3")).toEqual(FRESH);
  expect(toHash(FRESH)).toBe("");
});

test("a diff's lines are numbered as they were and as they will be", () => {
  const rows = changes("--- a/app.py\n+++ b/app.py\n@@ -4,2 +4,3 @@\n one\n-two\n+2\n+3\n");
  expect(rows.map(({ sign, number }) => `${sign}${number ?? ""}`)).toEqual(["@", " 4", "-5", "+5", "+6"]);
});

test("the view stays inside the run", () => {
  const view = new Viewport(1000);
  view.zoom(0.5, 0);
  expect([view.from, view.until]).toEqual([0, 500]);
  view.move(5);
  expect([view.from, view.until]).toEqual([500, 1000]);
  view.zoom(1e-9, 700);
  expect(view.length).toBeGreaterThanOrEqual(20);
});
