// Columns of whole numbers, as `asyncwhy/render/html/columns.py` packs them.

/** Where a column stands: its offset in the bytes, and how many numbers it has. */
export type Column = [offset: number, length: number];

/** The numbers of a column: zigzag, seven bits to a byte, the lowest first. */
export function read(bytes: Uint8Array, [offset, length]: Column): Int32Array {
  const made = new Int32Array(length);
  let at = offset;
  for (let index = 0; index < length; index += 1) {
    let byte = bytes[at++]!;
    let value = byte & 0x7f;
    let scale = 128;
    while (byte > 0x7f) {
      byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    }
    made[index] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  return made;
}

/** The same of a column of differences. */
export function readSteps(bytes: Uint8Array, column: Column): Int32Array {
  const made = read(bytes, column);
  for (let index = 1; index < made.length; index += 1) made[index]! += made[index - 1]!;
  return made;
}
