// Pure. How old what a page shows really is, and whose fault that is. The words stand in public/js/fresh.js.
import type { Snapshot } from '../call/live.js';
import type { JournalTrouble, Status } from './deps.js';

/** fine · starting: nothing read yet · database: it is down · reading: tables unreadable · behind: events wait to be applied. */
export type Why = 'fine' | 'starting' | 'database' | 'reading' | 'behind';

export interface Freshness {
  /** The moment the values were true, ms; null before the first snapshot. */
  dataAt: number | null;
  why: Why;
  pbx: 'up' | 'down' | 'off';
  /** Events that the tables do not hold yet. */
  lag: number;
  /** Events that are lost, or in danger; null when none is, or where this process can't know. */
  journal: JournalTrouble | null;
}

/** An event may wait this long in the ordinary course of things, ms. */
const BEHIND_MS = 2_000;
/** A snapshot older than this means that reading fails or hangs, ms. */
const OLD_MS = 3_000;

/** The truth about a snapshot at `now`, ms. */
export function freshness(
  snapshot: Snapshot | null,
  failingSince: number | null,
  status: Status,
  now: number,
): Freshness {
  const pbx = status.pbx === null ? 'off' : status.pbx.up ? 'up' : 'down';
  const { lag, behind, trouble } = status.journal;
  const journal = trouble && (trouble.refused || trouble.dropped > 0) ? trouble : null;
  const late = behind >= BEHIND_MS;
  const dataAt = snapshot === null ? null : snapshot.at - (late ? behind : 0);
  return { dataAt, why: whyOf(snapshot, failingSince, status.database.up, late, now), pbx, lag, journal };
}

function whyOf(snapshot: Snapshot | null, failingSince: number | null, up: boolean, late: boolean, now: number): Why {
  if (snapshot === null && failingSince === null) return 'starting';
  if (snapshot === null || failingSince !== null || now - snapshot.at >= OLD_MS) return up ? 'reading' : 'database';
  return late ? 'behind' : 'fine';
}

/** The trouble as one word for a header and an attribute, which public/js/fresh.js reads: `refused,kept,dropped,at`; empty for none. */
export const journalWord = ({ journal }: Freshness): string =>
  journal === null ? '' : `${journal.refused ? 1 : 0},${journal.kept},${journal.dropped},${journal.droppedAt ?? ''}`;
