// What one row shows, gathered before it is drawn: wide stretches as boxes, narrow ones as shares of each pixel.

export const AWAITING = 0, READY = 1, RAN = 2, BLOCKED = 3, BUSY = 4, GIL = 5, GIL_WAIT = 6, JOB = 7, JOB_BUSY = 8, QUEUED = 9, LEFT = 10;
export const STATES = 11;
/** Narrower than this (in pixels) a stretch is only part of its pixel. */
const NARROW = 1.4;

export class Strip {
  readonly boxes: { x: number; width: number }[][] = Array.from({ length: STATES }, () => []);
  readonly shares: Float32Array[] = [];
  used: boolean[] = new Array<boolean>(STATES).fill(false);

  constructor(public width: number) {
    this.resize(width);
  }

  resize(width: number): void {
    this.width = width;
    for (let state = 0; state < STATES; state += 1) this.shares[state] = new Float32Array(width + 1);
  }

  clear(): void {
    for (let state = 0; state < STATES; state += 1) {
      this.boxes[state]!.length = 0;
      if (this.used[state]) this.shares[state]!.fill(0);
      this.used[state] = false;
    }
  }

  /** A stretch from x to x2 in pixels; `weight` is its share where it is only part of what happened then. */
  add(state: number, x: number, x2: number, weight = 1): void {
    if (x2 <= 0 || x >= this.width || x2 < x) return;
    if (weight === 1 && x2 - x >= NARROW) {
      const left = Math.max(x, -2);
      this.boxes[state]!.push({ x: left, width: Math.min(x2, this.width + 2) - left });
      return;
    }
    const shares = this.shares[state]!;
    this.used[state] = true;
    const first = Math.max(Math.floor(x), 0);
    if (x2 <= first + 1) {
      shares[first]! += (x2 - Math.max(x, first)) * weight;
      return;
    }
    const last = Math.min(Math.floor(x2), this.width);
    shares[first]! += (first + 1 - Math.max(x, first)) * weight;
    for (let pixel = first + 1; pixel < last; pixel += 1) shares[pixel]! += weight;
    if (last < this.width) shares[last]! += (x2 - last) * weight;
  }
}

/** Sums of how many stretches cover each pixel, for rows that stand for many. */
export class Heap {
  private readonly change: Float32Array;
  readonly partial: Float32Array;

  constructor(readonly width: number) {
    this.change = new Float32Array(width + 2);
    this.partial = new Float32Array(width + 1);
  }

  add(x: number, x2: number, weight = 1): void {
    if (x2 <= 0 || x >= this.width || x2 <= x) return;
    const from = Math.max(x, 0);
    const until = Math.min(x2, this.width);
    const first = Math.floor(from);
    const last = Math.floor(until);
    if (first === last) {
      this.partial[first]! += (until - from) * weight;
      return;
    }
    this.partial[first]! += (first + 1 - from) * weight;
    this.change[first + 1]! += weight;
    this.change[last]! -= weight;
    this.partial[last]! += (until - last) * weight;
  }

  /** The sum at each pixel. */
  sums(): Float32Array {
    const made = new Float32Array(this.width);
    let level = 0;
    for (let pixel = 0; pixel < this.width; pixel += 1) {
      level += this.change[pixel]!;
      made[pixel] = level + this.partial[pixel]!;
    }
    return made;
  }
}
