// Deletes what has had its time, oldest first, so many a second; or only counts it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../store/database.js';
import { keptCalls, queuesOfCalls } from '../store/recording-calls.js';
import { type Recording, recordingsByAge, updateRecording } from '../store/recordings.js';
import { deleteBelow, PlaceError, removeEmptyDays } from './place.js';
import { isDue, type Rules, ruleOf, soonest } from './retention.js';

export interface PurgeParts {
  db: Db;
  pbx: string;
  root: string;
  dryRun: boolean;
  /** Files in a second at most: a disk that deletes a day at once has no time for the calls. */
  perSecond: number;
  signal?: AbortSignal;
  now?: () => number;
  progress?: (files: number) => void;
}

export interface PurgeCounts {
  files: number;
  bytes: number;
  /** By the rule that decided. */
  rules: Map<string, { files: number; bytes: number }>;
  /** Their time has come, but their calls are marked to be kept. */
  kept: number;
  /** What could not be deleted, and why the first. */
  failed: number;
  firstError: string;
}

const BATCH = 500;
const none = (): PurgeCounts => ({ files: 0, bytes: 0, rules: new Map(), kept: 0, failed: 0, firstError: '' });

/** Deletes recordings that are older than their rule. Nothing is deleted that a later scan or mark would have saved: both are asked now. */
export async function purge(parts: PurgeParts & { rules: Rules }): Promise<PurgeCounts> {
  const { rules, now = Date.now } = parts;
  const at = now();
  const before = soonest(rules, at);
  if (before === null) return none();
  return deleteOldest(parts, before, ({ takenAt, queues, kept }) => {
    const due = isDue({ takenAt, queues, kept: false }, rules, at);
    if (!due) return null;
    return kept ? 'kept' : ruleOf({ queues }, rules);
  });
}

/**
 * Deletes the oldest, whatever their rule, until `enough` says so. Those of marked calls stay, and those younger than a day.
 * `enough` is asked after each batch.
 */
export async function makeRoom(
  parts: PurgeParts & { enough: () => Promise<boolean>; why: string },
): Promise<PurgeCounts> {
  const before = (parts.now ?? Date.now)() - DAY;
  return deleteOldest(parts, before, ({ kept }) => (kept ? 'kept' : parts.why), parts.enough);
}
const DAY = 86_400_000;
/** Files between two looks at the disk. */
const LOOK_EVERY = 50;

interface Judged {
  takenAt: number;
  queues: string[];
  kept: boolean;
}

/** Goes through the recordings by age; `judge` gives the rule by which one goes, `kept`, or null when it stays. */
async function deleteOldest(
  parts: PurgeParts,
  before: number,
  judge: (one: Judged) => string | null,
  enough: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<PurgeCounts> {
  const { db, pbx, signal } = parts;
  const counts = none();
  let after: { takenAt: number; id: string } | null = null;
  for (;;) {
    const asked = { pbx, states: ['whole', 'empty'] as const, before, after, limit: BATCH };
    const some: Recording[] = await recordingsByAge(db, asked);
    // Asked anew for each batch: a mark that was made a minute ago counts.
    const kept = await keptCalls(db);
    const visits = await queuesOfCalls(
      db,
      [...new Set(some.map(({ call }) => call))].filter((call) => call !== ''),
    );
    for (const [i, one] of some.entries()) {
      if (signal?.aborted || (i % LOOK_EVERY === 0 && (await enough()))) return counts;
      const queues = [...new Set([...namedQueue(one), ...(visits.get(one.call) ?? [])])];
      const rule = judge({ takenAt: one.takenAt, queues, kept: one.call !== '' && kept.has(one.call) });
      if (rule === 'kept') counts.kept += 1;
      else if (rule !== null) await take(parts, one, rule, counts);
    }
    const last = some.at(-1);
    if (last === undefined || some.length < BATCH) return counts;
    after = { takenAt: last.takenAt, id: last.id };
  }
}

const namedQueue = ({ kind, target }: Recording): string[] => (kind === 'queue' && target !== '' ? [target] : []);

async function take(parts: PurgeParts, one: Recording, rule: string, counts: PurgeCounts): Promise<void> {
  const { db, root, dryRun, perSecond, signal, now = Date.now } = parts;
  if (!dryRun) {
    try {
      const was = await deleteBelow(root, one.path);
      await updateRecording(db, { ...one, state: was ? 'purged' : 'gone', goneAt: now(), goneWhy: was ? rule : '' });
      if (!was) return;
      await removeEmptyDays(root, one.path);
    } catch (error) {
      counts.failed += 1;
      if (counts.firstError === '') counts.firstError = `${error instanceof PlaceError ? error.why : error}`;
      return;
    }
    await sleep(1000 / perSecond, undefined, { signal }).catch(() => undefined);
  }
  const sum = counts.rules.get(rule) ?? { files: 0, bytes: 0 };
  counts.rules.set(rule, { files: sum.files + 1, bytes: sum.bytes + one.bytes });
  counts.files += 1;
  counts.bytes += one.bytes;
  parts.progress?.(counts.files);
}
