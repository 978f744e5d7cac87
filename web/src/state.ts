// What a person has chosen: one small store, told to whoever listens, and kept in the address behind `#`.

export interface Selected {
  group: number;
  kind: "record" | "job" | "thread" | "task";
  index: number;
}
export interface State {
  /** The finding whose stretches are lit; -1 for none. */
  finding: number;
  /** The schedule that is shown: 0 as it ran, from 1 on the what-ifs. */
  schedule: number;
  /** What is seen of the run, as shares of it. */
  from: number;
  until: number;
  colour: "state" | "task";
  selected: Selected | null;
}

type Listener = (state: State, before: State) => void;

export class Store {
  private listeners: Listener[] = [];
  private now: State;

  constructor(
    hash: string,
    private readonly keep: (hash: string) => void,
  ) {
    this.now = fromHash(hash);
  }

  get state(): State {
    return this.now;
  }

  set(change: Partial<State>): void {
    const before = this.now;
    this.now = { ...before, ...change };
    for (const listener of this.listeners) listener(this.now, before);
    this.keep(toHash(this.now));
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }
}

export const FRESH: State = { finding: -1, schedule: 0, from: 0, until: 1, colour: "state", selected: null };
const KINDS = ["record", "job", "thread", "task"] as const;

export function toHash(state: State): string {
  const parts: string[] = [];
  if (state.finding >= 0) parts.push(`finding=${state.finding + 1}`);
  if (state.schedule > 0) parts.push(`if=${state.schedule}`);
  if (state.from > 0 || state.until < 1) parts.push(`view=${state.from.toPrecision(7)}-${state.until.toPrecision(7)}`);
  if (state.colour === "task") parts.push("colour=task");
  if (state.selected) parts.push(`at=${state.selected.group}.${state.selected.kind}.${state.selected.index}`);
  return parts.join("&");
}

/** The state that an address tells; what makes no sense in it is left out. */
export function fromHash(hash: string): State {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const made = { ...FRESH };
  made.finding = whole(told.get("finding"), 0) - 1;
  made.schedule = whole(told.get("if"), 0);
  const view = /^([\d.e+-]+?)-([\d.]+(?:e[+-]?\d+)?)$/.exec(told.get("view") ?? "");
  const [from, until] = [Number(view?.[1] ?? 0), Number(view?.[2] ?? 1)];
  if (from >= 0 && until <= 1 && until > from) [made.from, made.until] = [from, until];
  if (told.get("colour") === "task") made.colour = "task";
  const at = /^(\d+)\.(\w+)\.(\d+)$/.exec(told.get("at") ?? "");
  const kind = KINDS.find((one) => one === at?.[2]);
  if (at && kind) made.selected = { group: Number(at[1]), kind, index: Number(at[3]) };
  return made;
}

function whole(text: string | null, otherwise: number): number {
  return text && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
}
