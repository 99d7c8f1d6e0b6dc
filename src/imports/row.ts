// Pure. One row of a foreign cdr, whatever columns its table has: read, checked, and every doubt about it put in words.
import { bornOf, callerOf, clean, decode, idOf } from './text.js';
import type { Clock } from './zone.js';

export interface CdrRow {
  /** Where it stands in its source, for messages. */
  place: string;
  /** Milliseconds since the epoch; the source knows seconds. */
  startedAt: number;
  endedAt: number;
  /** When the row says the channel was answered: by the PBX or by a person; null for never. */
  answeredAt: number | null;
  duration: number;
  billsec: number;
  src: string;
  dst: string;
  did: string;
  name: string;
  context: string;
  channel: string;
  dstchannel: string;
  app: string;
  data: string;
  disposition: 'ANSWERED' | 'NO ANSWER' | 'BUSY' | 'FAILED' | 'CONGESTION';
  uniqueid: string;
  linkedid: string;
  sequence: number;
  recording: string;
  /** Why this row is doubtful, in plain words. */
  odd: string[];
}

/** A row as its source gives it, by column name in small letters. */
export type Raw = Record<string, unknown>;
export type Read = { ok: true; row: CdrRow } | { ok: false; reason: string };

const DISPOSITIONS = ['ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION'] as const;
const SECOND = 1000;
/** Longest call that is believed, s: a week. */
const LONGEST = 604_800;

/** Reads one row. It is refused only when nothing can be made of it; all else is taken and marked. */
export function readRow(raw: Raw, place: string, clock: Clock, now: number): Read {
  const odd: string[] = [];
  const text = (name: string, length?: number) => clean(textOf(raw[name], odd), length);
  const uniqueid = idOf(text('uniqueid'));
  const linkedid = idOf(text('linkedid')) || uniqueid;
  if (linkedid === '')
    return { ok: false, reason: 'neither uniqueid nor linkedid is an id: the row belongs to no call' };
  const calldate = text('calldate') || text('start');
  const start = clock(calldate, bornOf(uniqueid));
  if (!start) return { ok: false, reason: `calldate "${calldate.slice(0, 40)}" is no time` };
  if (start.at > now + 60_000) odd.push(`calldate ${calldate} lies in the future`);
  if (start.doubt === 'fold') odd.push(`calldate ${calldate} occurred twice that night`);
  if (start.doubt === 'gap') odd.push(`calldate ${calldate} never occurred: the clock went forward`);
  if (idOf(text('linkedid')) === '') odd.push('linkedid is empty: its other legs can not be found');
  const times = timesOf(raw, start.at, odd);
  const caller = callerOf(text('clid'));
  const disposition = dispositionOf(text('disposition'), odd);
  const row: CdrRow = {
    place,
    odd,
    uniqueid,
    linkedid,
    disposition,
    startedAt: start.at,
    duration: times.duration,
    billsec: times.billsec,
    endedAt: times.endedAt,
    // A ring of a queue's caller, whom the PBX had answered before, has billsec too, and is not answered for that.
    answeredAt: disposition === 'ANSWERED' ? times.endedAt - times.billsec * SECOND : null,
    src: text('src') || text('cnum') || caller.number,
    dst: text('dst'),
    did: text('did'),
    name: text('cnam') || caller.name,
    context: text('dcontext'),
    channel: text('channel'),
    dstchannel: text('dstchannel'),
    app: text('lastapp', 80),
    data: text('lastdata'),
    sequence: numberOf(raw['sequence']) ?? 0,
    recording: text('recordingfile'),
  };
  if (row.channel === '') odd.push('channel is empty');
  if (row.dst === '' && row.did === '') odd.push('dst is empty');
  return { ok: true, row };
}

/** Duration and billsec as far as they can be believed. */
function timesOf(raw: Raw, startedAt: number, odd: string[]): Pick<CdrRow, 'duration' | 'billsec' | 'endedAt'> {
  let duration = numberOf(raw['duration']);
  let billsec = numberOf(raw['billsec']);
  if (duration === null || duration < 0 || duration > LONGEST) {
    odd.push(`duration ${shown(raw['duration'])} can't be`);
    duration = Math.max(0, Math.min(billsec ?? 0, LONGEST));
  }
  if (billsec === null || billsec < 0) {
    odd.push(`billsec ${shown(raw['billsec'])} can't be`);
    billsec = 0;
  }
  if (billsec > duration) {
    odd.push(`billsec ${billsec} is more than duration ${duration}`);
    billsec = duration;
  }
  return { duration, billsec, endedAt: startedAt + duration * SECOND };
}

function dispositionOf(text: string, odd: string[]): CdrRow['disposition'] {
  const found = DISPOSITIONS.find((one) => one === text.toUpperCase().replace('_', ' '));
  if (found === undefined) odd.push(`disposition "${text.slice(0, 40)}" is not known`);
  return found ?? 'FAILED';
}

function textOf(value: unknown, odd: string[]): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) {
    const { text, latin1 } = decode(value);
    if (latin1 && !odd.includes(NOT_UTF8)) odd.push(NOT_UTF8);
    return text;
  }
  return value === null || value === undefined ? '' : String(value as number);
}

export const NOT_UTF8 = 'not UTF-8: read as Latin-1';

const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value ?? Number.NaN);
  return Number.isFinite(number) ? Math.floor(number) : null;
};

const shown = (value: unknown) => `"${String((value as string | null) ?? '').slice(0, 20)}"`;
