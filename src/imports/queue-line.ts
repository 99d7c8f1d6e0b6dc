// Pure. One line of queue_log, from the file or from a table of it.
import { createHash } from 'node:crypto';
import { bornOf, clean, decode, idOf } from './text.js';
import type { Clock } from './zone.js';

export interface QueueFact {
  /** The same line has the same id, whether it was read from a file or its rotated copy. */
  id: string;
  at: number;
  /** Uniqueid of the caller's channel; empty for what belongs to no call. */
  callid: string;
  queue: string;
  agent: string;
  event: string;
  data: [string, string, string, string, string];
}

export type QueueRead = { ok: true; fact: QueueFact; odd: string } | { ok: false; reason: string };

const NOBODY = new Set(['NONE', 'REALTIME', 'MANAGER', 'UNKNOWN', '']);
/** Far more than any real line has; data1 to data5 are kept. */
const MOST = 64;

/** Reads `time|callid|queue|agent|EVENT|data…` of the file. */
export function readQueueLine(bytes: Uint8Array, now: number): QueueRead {
  const { text, latin1 } = decode(bytes);
  const cells = text.split('|');
  if (cells.length < 5) return { ok: false, reason: `${cells.length} fields where at least 5 stand in a line` };
  if (cells.length > MOST) return { ok: false, reason: `${cells.length} fields: no line of queue_log` };
  const [time = '', callid = '', queue = '', agent = '', event = '', ...data] = cells;
  const read = readQueueCells({ time, callid, queue, agent, event, data }, now, null);
  return read.ok && latin1 ? { ...read, odd: read.odd || 'not UTF-8: read as Latin-1' } : read;
}

export interface QueueCells {
  time: string;
  callid: string;
  queue: string;
  agent: string;
  event: string;
  data: readonly string[];
}

/** The same from the cells of a table. Times are seconds since the epoch (a fraction may follow) or local times. */
export function readQueueCells(cells: QueueCells, now: number, clock: Clock | null): QueueRead {
  const { time } = cells;
  const at = /^\d{9,10}(\.\d+)?$/.test(time) ? Math.floor(Number(time) * 1000) : (clock?.(time)?.at ?? Number.NaN);
  if (!Number.isFinite(at)) return { ok: false, reason: `time "${time.slice(0, 40)}" is no time` };
  const event = clean(cells.event, 80).toUpperCase();
  if (!/^[A-Z][A-Z0-9_]*$/.test(event)) return { ok: false, reason: `event "${event.slice(0, 40)}" is no event` };
  const callid = NOBODY.has(cells.callid.toUpperCase()) ? '' : idOf(cells.callid);
  if (callid === '' && !NOBODY.has(cells.callid.toUpperCase()))
    return { ok: false, reason: `callid "${cells.callid.slice(0, 40)}" is no id` };
  const data = [0, 1, 2, 3, 4].map((i) => clean(cells.data[i] ?? '')) as QueueFact['data'];
  const plain = { at, callid, queue: clean(cells.queue, 80), agent: nobody(clean(cells.agent)), event, data };
  const id = createHash('sha1').update(JSON.stringify(plain)).digest('hex');
  return { ok: true, fact: { id, ...plain }, odd: oddOf(at, callid, now) };
}

const nobody = (agent: string) => (agent === 'NONE' ? '' : agent);

function oddOf(at: number, callid: string, now: number): string {
  if (at > now + 60_000) return 'queue_log tells of it in the future';
  const born = bornOf(callid);
  return born !== null && at < born - 2000 ? "queue_log's time is before the channel was made" : '';
}
