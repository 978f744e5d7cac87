// What the page was given: the header of `asyncwhy/render/html/document.py`, as types.
import type { Column } from "./columns";

export interface Site {
  file: string;
  line: number;
  column: number;
  function: string;
  end_column: number | null;
}
export interface Remedy {
  title: string;
  safety: "safe" | "changes-behaviour" | "sketch";
  diff: string | null;
  possible_s: number | null;
}
export interface Finding {
  cause: string;
  site: Site;
  call: string;
  operation: string;
  inside_library: string | null;
  stack: Site[];
  started_by: Site | null;
  related: { role: string; site: Site; note: string }[];
  victims: { site: Site; count: number; late_s: number }[];
  count: number;
  cost_s: number | null;
  gain_s: number | null;
  possible_s: number | null;
  effects: { late_s: number; cpu_s: number; threads: number; lost: number };
  evidence: "measured" | "inferred" | "static";
  message: string;
  headline: string;
  label: string;
  remedies: Remedy[];
}
export interface Placement {
  function: string;
  file: string;
  line: number;
  threads: string[];
  count: number;
  run_s: number;
  how: string;
  sent_by: { site: Site; stack: Site[] } | null;
  why: string;
  queued: number;
  queued_s: number;
}
export interface Report {
  program: { argv: string[]; runtime: string; runtime_version: string; frameworks: string[]; exit_code: number | null; processes: number; exception: string | null };
  verdict: "asynchronous" | "partly" | "not-asynchronous" | "unknown";
  reason: string;
  wall_s: number;
  possible_s: number;
  concurrency: { achieved: number; possible: number };
  parallelism: { cpu_s: number; cores_used: number; cores: number };
  loops: { thread: string; process: number; implementation: string; steps: number; held_s: number; longest_hold_s: number; lag_p99_s: number }[];
  threads: { name: string; role: string; process: number }[];
  placements: Placement[];
  findings: Finding[];
  unseen: { dropped_events: number; agent_cpu_s: number; notes: string[] };
  explanation: string[];
  trace: string | null;
}

export interface TimesHeader {
  gap: Column;
  wait: Column;
  run: Column;
  held: Column;
  ready: Column;
  jobStart: Column;
  jobRun: Column;
  away: Column[];
}
export interface GroupHeader {
  pid: number;
  began: number;
  ended: number;
  tasks: { names: string[]; parent: Column; created: Column; code: Column; made: Column; thread: Column; leftOut: number };
  threads: [name: string, role: string, began: number, ended: number, cpu: number, sent: number, target: number][];
  pools: [name: string, kind: string, workers: number, made: number][];
  records: { row: Column; thread: Column; kind: Column; steps: Column; call: Column; awaits: Column; waker: Column };
  jobs: { pool: Column; worker: Column; task: Column; code: Column; sent: Column; submitted: Column; busy: Column; leftOut: number };
  samples: { thread: Column; start: Column; end: Column; busy: Column; place: Column };
  times: (TimesHeader | null)[];
}
export interface PictureHeader {
  unit: number;
  end: number;
  wall: number;
  places: [file: string, line: number, name: string][];
  marks: { group: number; thread: number; spans: Column; waits: Column }[][];
  whatIfs: { findings: number[]; wall: number }[];
  sources: { file: string; lines: [number, string][]; stopped: [number, number][]; awaited: [number, number][] }[];
  groups: GroupHeader[];
}
export interface Header {
  version: string;
  report: Report;
  lines: Record<string, Record<string, string>>;
  causes: Record<string, Record<string, string>>;
  picture: PictureHeader | null;
}
export interface Document {
  header: Header;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The document of a base64 text: gunzipped by the browser itself. */
export async function unpack(text: string): Promise<Document> {
  const packed = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(all.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + length))) as Header;
  return { header, bytes: all.subarray(4 + length) };
}
