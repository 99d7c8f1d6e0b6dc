// Pure. The rings in a call's cdr rows: who was dialled, from when to when, and how it ended.
import type { OfferOutcome } from '../call/call.js';
import type { CdrRow } from './row.js';
import { endpointOf } from './text.js';

export interface Ring {
  row: CdrRow;
  channel: string;
  endpoint: string;
  /** Empty for a ring outside the queues. */
  queue: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number;
  outcome: OfferOutcome;
}

/** The answer in cdr is the PBX's own: it stood before the operator's, and how long the phone rang is not told. */
export const PBX_ANSWERED =
  'the PBX answered before the operator: the talk includes the ring (cel or queue_log would tell)';

const SECOND = 1000;
const isLocal = (channel: string) => channel.startsWith('Local/');

export const queueOf = (row: CdrRow): string => (row.app === 'Queue' ? (row.data.split(',')[0] ?? '') : '');

/** Rows that tell of a ring, with Local channels followed to the device behind them. `odd` takes what is doubtful. */
export function ringsOf(rows: readonly CdrRow[], odd: string[]): Ring[] {
  const behind = new Map<string, CdrRow[]>();
  for (const row of rows)
    if (isLocal(row.channel) && row.dstchannel !== '')
      behind.set(half(row.channel), [...(behind.get(half(row.channel)) ?? []), row]);
  const rings = rows
    .filter((row) => row.dstchannel !== '' && !isLocal(row.channel))
    .map((row) => ringOf(row, behind, rows, odd));
  return rings.map((ring) => ({ ...ring, outcome: outcomeOf(ring, rings, rows) }));
}

/** Rows by which only plumbing is told: Local halves, and devices whose pre-dial handler Asterisk took for a call. */
export function plumbingOf(rows: readonly CdrRow[]): Set<CdrRow> {
  const dialled = new Set(rows.map((row) => row.dstchannel));
  return new Set(
    rows.filter(
      (row) =>
        isLocal(row.channel) || (row.dstchannel === '' && dialled.has(row.channel) && row.disposition !== 'ANSWERED'),
    ),
  );
}

const half = (channel: string) => channel.replace(/;[12]$/, '');

function ringOf(row: CdrRow, behind: Map<string, CdrRow[]>, rows: readonly CdrRow[], odd: string[]): Ring {
  const device = isLocal(row.dstchannel) ? followed(row, behind) : row;
  const preAnswered = row.answeredAt !== null && row.billsec === row.duration && row.duration > 0;
  // Behind a Local channel the device has a row of its own, whose answer is the person's.
  const answeredAt = device !== row && row.answeredAt !== null ? device.answeredAt : row.answeredAt;
  if (preAnswered && device === row && mayHaveRung(row, rows)) odd.push(PBX_ANSWERED);
  return {
    row,
    channel: device.dstchannel,
    endpoint: endpointOf(device.dstchannel),
    queue: queueOf(row),
    startedAt: row.startedAt,
    answeredAt: answeredAt ?? row.answeredAt,
    endedAt: Math.max(row.endedAt, answeredAt ?? 0),
    outcome: 'in_progress',
  };
}

/** A queue's operator always rings (its row may name another application: the last one of a handler); a Dial whose talk is as long as itself may have been answered within its first second. */
const mayHaveRung = (row: CdrRow, rows: readonly CdrRow[]) =>
  row.app !== 'Dial' || rows.some((r) => r !== row && r.endedAt <= row.startedAt);

function followed(row: CdrRow, behind: Map<string, CdrRow[]>): CdrRow {
  let at = row;
  for (let hops = 0; hops < 10 && isLocal(at.dstchannel); hops += 1) {
    const next = behind.get(half(at.dstchannel));
    const chosen = next?.find((one) => one.disposition === 'ANSWERED') ?? next?.at(-1);
    if (!chosen || chosen === at) break;
    at = chosen;
  }
  return at;
}

function outcomeOf(ring: Ring, rings: readonly Ring[], rows: readonly CdrRow[]): OfferOutcome {
  const { row } = ring;
  if (row.disposition === 'ANSWERED') return 'answered';
  if (row.disposition === 'BUSY') return 'rejected';
  if (row.disposition === 'FAILED' || row.disposition === 'CONGESTION') return 'unreachable';
  const round = rings.filter((r) => r !== ring && r.row.app === row.app && r.row.data === row.data);
  const taken = round.some(
    (r) =>
      r.row.disposition === 'ANSWERED' &&
      r.startedAt <= ring.endedAt &&
      Math.abs(r.startedAt - ring.startedAt) <= 2 * SECOND,
  );
  if (taken) return 'answered_elsewhere';
  if (row.duration >= dialSeconds(row)) return 'rang_out';
  const last = Math.max(...rows.map((r) => r.endedAt));
  const wentOn = rows.some((r) => r !== row && r.uniqueid === row.uniqueid && r.startedAt >= row.endedAt);
  return !wentOn && ring.endedAt >= last - SECOND ? 'caller_gone' : 'rang_out';
}

/** The seconds that Dial() was told to ring at most, less one for the whole seconds of cdr. */
function dialSeconds(row: CdrRow): number {
  const seconds = row.app === 'Dial' ? Number(row.data.split(',')[1] || Number.NaN) : Number.NaN;
  return Number.isNaN(seconds) ? Number.POSITIVE_INFINITY : Math.max(1, seconds - 1);
}
