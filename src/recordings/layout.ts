// Pure. What the name of a recording says: FreePBX's `<year>/<month>/<day>/<kind>-<target>-<from>-<date>-<time>-<uniqueid>.<format>`,
// the flat names of before (`q400-20110115-080000-1295078400.11.wav`), and ours (`<call>.wav`). Callers write parts of these names.

export type RecordingKind =
  | 'queue'
  | 'group'
  | 'exten'
  | 'internal'
  | 'external'
  | 'in'
  | 'out'
  | 'parked'
  | 'conference'
  | 'ondemand'
  | 'call'
  | 'other';

export interface Named {
  kind: RecordingKind;
  /** The queue, group, phone or number that the name is about; may be anything a caller sent. */
  target: string;
  /** Of the channel that was recorded; empty where the name has none. */
  uniqueid: string;
  /** When that channel began, ms: a uniqueid begins with the second of its channel. Null without one. */
  at: number | null;
  /** Folder of the day by the PBX's own clock, `2026/01/15`; null where the name has no date. */
  day: string | null;
  /** Ids that the call would have if this is a recording of ours, the likelier first. */
  calls: string[];
}

interface Format {
  /** Content type for a browser. */
  type: string;
  /** Whether browsers can play it. */
  plays: boolean;
  /** A file up to this size holds no sound, bytes. */
  header: number;
}

/** The endings that Asterisk and its converters write. `WAV` is GSM in a wav: a browser can't play it. */
const FORMATS: Readonly<Record<string, Format>> = {
  wav: { type: 'audio/wav', plays: true, header: 60 },
  WAV: { type: 'audio/x-wav', plays: false, header: 60 },
  wav49: { type: 'audio/x-wav', plays: false, header: 60 },
  mp3: { type: 'audio/mpeg', plays: true, header: 0 },
  opus: { type: 'audio/ogg', plays: true, header: 0 },
  ogg: { type: 'audio/ogg', plays: true, header: 0 },
  flac: { type: 'audio/flac', plays: true, header: 0 },
  gsm: { type: 'audio/gsm', plays: false, header: 0 },
  ulaw: { type: 'audio/basic', plays: false, header: 0 },
  alaw: { type: 'audio/x-alaw', plays: false, header: 0 },
  g722: { type: 'audio/G722', plays: false, header: 0 },
  sln: { type: 'audio/x-raw', plays: false, header: 0 },
  sln16: { type: 'audio/x-raw', plays: false, header: 0 },
};

/** The format of a file by its name; null when it is no recording, or one that is still being moved or converted. */
export function formatOf(name: string): Format | null {
  const dot = name.lastIndexOf('.');
  const ending = name.slice(dot + 1);
  return dot > 0 && !name.startsWith('.') && Object.hasOwn(FORMATS, ending) ? (FORMATS[ending] ?? null) : null;
}

const KINDS: Readonly<Record<string, RecordingKind>> = {
  q: 'queue',
  rg: 'group',
  g: 'group',
  exten: 'exten',
  internal: 'internal',
  external: 'external',
  in: 'in',
  out: 'out',
  parked: 'parked',
  ondemand: 'ondemand',
};

/** A uniqueid may begin with the systemname of its PBX. */
const UNIQUEID = '(?:[A-Za-z][\\w.-]*-)?(\\d{9,11})\\.\\d+';
// From the right: what stands before the date may hold anything, further dates too.
const DATED = new RegExp(`^(?:(.*)-)?(\\d{8})-\\d{6}-(${UNIQUEID})$`, 's');
const OWN = /^[\w.-]{1,150}$/;
const OWN_CHANNEL = new RegExp(`-(${UNIQUEID})(?:-\\d+)?$`);

/** What the last part of a path says. Names that say nothing are `other`: they are recordings all the same. */
export function readName(path: string): Named {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const stem = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const [, head = '', date, uniqueid = '', second] = DATED.exec(stem) ?? [];
  const day = date === undefined ? null : dayFolder(date);
  if (day !== null && uniqueid.length <= 150)
    return { ...partsOf(head), uniqueid, at: Number(second) * 1000, day, calls: [] };
  if (!OWN.test(stem)) return { kind: 'other', target: '', uniqueid: '', at: null, day: null, calls: [] };
  const [, , own] = OWN_CHANNEL.exec(stem) ?? [];
  return {
    ...{ kind: 'call', target: '', uniqueid: '', day: null },
    at: own === undefined ? null : Number(own) * 1000,
    // The second and later recordings of one call end in -2, -3 …; but an id may end so itself.
    calls: [stem, ...(/-\d{1,3}$/.test(stem) ? [stem.replace(/-\d{1,3}$/, '')] : [])],
  };
}

function partsOf(head: string): Pick<Named, 'kind' | 'target'> {
  const [, word = '', target = ''] = /^([a-z]+)-([^-]*)/.exec(head) ?? [];
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
  if (kind !== undefined) return { kind, target };
  // FreePBX before 2.11: q400-…, g600-…, OUT101-…, IN-…
  const [, letter = '', number = ''] = /^(q|g)(\d+)$/.exec(head) ?? [];
  if (letter !== '') return { kind: letter === 'q' ? 'queue' : 'group', target: number };
  const [, way = '', phone = ''] = /^(IN|OUT)(\d*)/.exec(head) ?? [];
  if (way !== '') return { kind: way === 'IN' ? 'in' : 'out', target: phone };
  // Conferences: <room>-<room>-<mode>.
  const [, room] = /^(\d+)-\1(?:-|$)/.exec(head) ?? [];
  return room === undefined ? { kind: 'other', target: '' } : { kind: 'conference', target: room };
}

/** `20260115` as `2026/01/15`; null for what is no day. */
function dayFolder(date: string): string | null {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8)];
  const at = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const real = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${year}-${month}-${day}`);
  return real && Number(year) >= 1995 ? `${year}/${month}/${day}` : null;
}

export type FileState = 'growing' | 'empty' | 'whole';

/** A file that was written within this is being written, ms: MixMonitor writes at least once a second while there is sound. */
export const STILL_MS = 60_000;

/** What a file is by its size and age. */
export function stateOf(file: { name: string; bytes: number; modifiedAt: number }, now: number): FileState {
  if (Math.abs(now - file.modifiedAt) < STILL_MS) return 'growing';
  return file.bytes <= (formatOf(file.name)?.header ?? 0) ? 'empty' : 'whole';
}
