// Numbers as a person reads them; the same forms as asyncwhy/render/measures.py.

export function seconds(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "? s";
  if (value < 0) return `-${seconds(-value)}`;
  if (value < 0.0995) return milliseconds(value * 1000);
  if (value < 59.995) return `${value.toFixed(2)} s`;
  if (value < 3599.5) return `${Math.floor(Math.round(value) / 60)} min ${Math.round(value) % 60} s`;
  const minutes = Math.round(value / 60);
  return `${Math.floor(minutes / 60).toLocaleString("en-US")} h ${minutes % 60} min`;
}

function milliseconds(value: number): string {
  if (value < 0.005) return "0 ms";
  if (value < 0.095) return `${value.toFixed(2)} ms`;
  return value < 9.95 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`;
}

export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}

export function times(number: number): string {
  return number === 1 ? "once" : `${number.toLocaleString("en-US")} times`;
}

/** `2.0x faster`, or nothing where it is not worth a word. */
export function faster(took: number, possible: number): string {
  if (!(possible > 0 && took - possible >= 0.005) || took / possible < 1.05) return "";
  const ratio = took / possible;
  return `${ratio < 9.95 ? ratio.toFixed(1) : ratio.toFixed(0)}× faster`;
}

/** Where the marks of an axis stand: a round step, so that about `most` fit. */
export function ticks(from: number, until: number, most: number): { at: number[]; step: number } {
  const rough = (until - from) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-9)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const at: number[] = [];
  for (let n = Math.max(Math.ceil(from / step - 1e-9), 0); n * step <= until + step * 1e-9; n += 1) at.push(n * step);
  return { at, step };
}

/** A moment on an axis whose marks are `step` seconds apart. */
export function moment(at: number, step: number): string {
  if (Math.abs(at) < 1e-12) return "0";
  if (step < 0.000_999) return `${(at * 1e6).toLocaleString("en-US", { maximumFractionDigits: 1 })} µs`;
  if (step < 0.0999) return `${(at * 1000).toLocaleString("en-US", { maximumFractionDigits: 1 })} ms`;
  return `${at.toLocaleString("en-US", { maximumFractionDigits: 2 })} s`;
}
