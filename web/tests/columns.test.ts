import { expect, test } from "vitest";
import { read, readSteps } from "../src/columns";

/** As asyncwhy/render/html/columns.py packs: zigzag, seven bits to a byte. */
function pack(values: number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest > 127) {
      bytes.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

test("numbers come back, small and large, of both signs", () => {
  const values = [0, 1, -1, 63, 64, -64, -65, 127, 128, 300, -300, 2 ** 30, -(2 ** 30)];
  expect([...read(pack(values), [0, values.length])]).toEqual(values);
});

test("a column of differences comes back as sums", () => {
  expect([...readSteps(pack([5, 1, -3, 0]), [0, 4])]).toEqual([5, 6, 3, 3]);
});

test("a column begins where it is told to", () => {
  expect([...read(pack([300, 7, -2]), [2, 2])]).toEqual([7, -2]);
});
