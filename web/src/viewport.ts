// What is seen of the run: a window over its whole length, zoomed and moved, never empty and never outside.

export class Viewport {
  constructor(
    readonly end: number,
    public from = 0,
    public until = end,
  ) {}

  get length(): number {
    return this.until - this.from;
  }

  /** Both edges at once, kept inside the run and apart. */
  show(from: number, until: number): void {
    const least = Math.min(Math.max(this.end / 1e6, 20), this.end);
    const length = Math.min(Math.max(until - from, least), this.end);
    this.from = Math.min(Math.max(from, 0), this.end - length);
    this.until = this.from + length;
  }

  /** Zoom by a factor; what is at `at` stays there. */
  zoom(factor: number, at: number): void {
    const length = Math.min(this.length * factor, this.end);
    const share = (at - this.from) / this.length;
    const from = at - share * length;
    this.show(from, from + length);
  }

  /** Move by a share of what is seen. */
  move(share: number): void {
    const shift = this.length * share;
    const from = Math.min(Math.max(this.from + shift, 0), this.end - this.length);
    this.show(from, from + this.length);
  }

  fit(): void {
    this.show(0, this.end);
  }
}
