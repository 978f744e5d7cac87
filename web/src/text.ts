// Names and lines come from strangers: what could reorder or hide text is shown as its number.
const LONGEST = 2000;
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;

/** The text with everything invisible made visible, and not longer than a person would read. */
export function visible(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(HIDDEN, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`);
}

/** The text, its middle left out where it is longer. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** The last part of a path. */
export function base(file: string): string {
  return file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1) || file;
}

/** `app.py:12`, with the folders left out. */
export function place(file: string, line: number): string {
  return `${base(file)}:${line}`;
}

/** The last name of `Outer.<locals>.inner`. */
export function short(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1) || name;
}
