// One loop applies the journal to the database in batches. There is no second path for when the database is away:
// then the loop waits and the journal grows.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallEvent } from '../call/event.js';
import { type Db, isRefusal } from '../store/database.js';

import { findJournal, JournalMoved, type JournalState } from '../store/journals.js';
import { type BatchSizes, readAhead } from './ahead.js';
import { applyBatch, applySorted, type Memory, newMemory, type Sorted } from './apply.js';

import type { Journal } from './journal.js';
import { forgetAll } from './memory.js';
import { restBetween } from './rest.js';
import type { JournalRecord } from './segments.js';
import { isBefore } from './view.js';

export interface LoopStatus {
  /** True while the database takes what it is given. */
  up: boolean;
  /** Why not, in the database's words. */
  error: string;
  since: number;
  /** Events stored by this process. */
  applied: number;
  state: JournalState | null;
  /** When the oldest event came that the tables do not hold yet, ms; null when they hold all. */
  behindSince: number | null;
}

export interface RecordLoop {
  status(): LoopStatus;
  /** Resolves when everything that was in the journal at the call is in the tables, or rejects after `ms`. */
  settled(ms: number): Promise<void>;
  /** Calls `listener` each time a batch is in the tables: the moment to look at them again. */
  onApplied(listener: () => void): void;
  /** Finishes the batch at hand and stops. */
  stop(): Promise<void>;
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LoopOptions {
  db: Db;
  journal: Journal;
  /** Name of this journal in the tables; another journal has another. */
  server: string;
  log: Log;
  now?: () => number;
  batch?: BatchSizes;
  /** Batches begin at least this far apart while the journal is caught up with, ms. */
  gatherMs?: number;
  /** Told of the events of each batch that is in the tables, repeats left out. */
  stored?: (events: readonly CallEvent[]) => void;
}

const IDLE_MS = 1000;
/** An idle loop asks the database this often whether it is there, ms. */
const ASK_MS = 3000;
const RETRY_MS = { first: 100, most: 5000 };

/** Starts the loop; it runs until it is stopped. */
export function startLoop(options: LoopOptions): RecordLoop {
  const { db, journal, server, log } = options;
  const now = options.now ?? Date.now;
  const memory: Memory = newMemory();
  const status: LoopStatus = {
    up: false,
    error: 'not connected yet',
    since: now(),
    applied: 0,
    state: null,
    behindSince: null,
  };
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const listeners: (() => void)[] = [];
  let told: boolean | null = null;
  let reread = true;
  let asked = 0;
  let pause = RETRY_MS.first;
  const ahead = readAhead(journal, options.batch);
  const rest = restBetween(options.gatherMs);

  async function once(): Promise<void> {
    if (reread) await readState();
    const state = status.state;
    if (!state) return;
    await rest.over(stopping.signal);
    rest.begun();
    const { records, sorted, next, more } = await ahead.take(state);
    status.behindSince = records[0]?.receivedAt || null;
    if (records.length === 0) {
      // Nothing to apply says nothing of the database: it is asked from time to time.
      if (performance.now() - asked >= ASK_MS) {
        const found = await findJournal(db, server);
        // Put back while nobody looked: what is held is not what the tables hold.
        if (found === null ? state.events > 0 : isBefore(found, state)) reread = true;
        heard();
      }
      // From where reading came to: after a start that is the new segment, while the tables still name the end of the old one.
      return Promise.race([journal.wait(next, IDLE_MS), stopped]);
    }
    const before = state.events;
    status.state = await applyAll(records, sorted, { ...state, ...next, appliedAt: now() });
    rest.ended(more);
    heard();
    status.applied += status.state.events - before;
    for (const listener of listeners) listener();
  }

  /** Where the journal stands in the tables, asked anew: after an error nobody knows whether the last commit was done. */
  async function readState(): Promise<void> {
    const found = await findJournal(db, server);
    heard();
    reread = false;
    if (found && isBefore(journal.end(), found)) {
      log.warn(
        { folder: server },
        'the journal is older than the tables say: it was put back or emptied. It is applied from its beginning; what is known already counts once',
      );
      status.state = { ...found, ...(await journal.start()) };
      return;
    }
    await compareWithHeld(found);
    status.state = found ?? (await firstState(journal, server, now()));
  }

  /** A backup that was put back lies behind what was applied already: the journal has the rest, if it was kept for so long. */
  async function compareWithHeld(found: JournalState | null): Promise<void> {
    const held = status.state;
    if (held && (!found || isBefore(found, held))) {
      forgetAll(memory);
      log.warn({ folder: server }, 'the tables were put back to an earlier time; they are brought up from the journal');
    }
    const { segment } = await journal.start();
    if (found && found.segment < segment)
      log.error(
        { folder: server, from: found.segment, to: segment },
        'the journal does not reach back to where the tables end: events between them are lost. Was a backup put back that is older than what the journal keeps?',
      );
  }

  function heard(): void {
    // Not by the clock: one that is set back by an hour would ask no more for an hour.
    asked = performance.now();
    mark(true, '');
  }

  /** Applies a batch; if one record spoils it, all go one by one and the spoiler is kept aside with the database's reason. */
  async function applyAll(
    records: readonly JournalRecord[],
    sorted: Sorted,
    state: JournalState,
  ): Promise<JournalState> {
    try {
      return await applySorted(db, memory, sorted, state, options.stored);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      forgetAll(memory);
      if (ahead.isLarge(records.length)) throw new Smaller();
      log.error({ err: error, records: records.length }, 'a batch was refused by the database; applying it one by one');
      // The position moves only with the last one: a crash between them repeats, and repeats count once.
      const held = { segment: status.state?.segment ?? state.segment, offset: status.state?.offset ?? state.offset };
      let current: JournalState = { ...state, ...held };
      for (const record of records) current = await applyOne(record, current);
      return await applyBatch(db, memory, [], { ...current, segment: state.segment, offset: state.offset });
    }
  }

  async function applyOne(record: JournalRecord, state: JournalState): Promise<JournalState> {
    try {
      return await applyBatch(db, memory, [record], state, options.stored);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const refusal = `the database refused it: ${error instanceof Error ? error.message : String(error)}`;
      return await applyBatch(db, memory, [{ ...record, refusal }], state);
    }
  }

  function mark(up: boolean, error: string): void {
    if (status.up === up && status.error === error) return;
    if (told !== up) {
      told = up;
      status.since = now();
      if (up) log.info({ where: db.where }, 'database is up; applying the journal');
      else log.warn({ where: db.where, reason: error }, 'database is away; events wait in the journal');
    }
    status.up = up;
    status.error = error;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await once();
        pause = RETRY_MS.first;
      } catch (error) {
        ahead.again();
        if (error instanceof Smaller) continue;
        reread = true;
        // Not the database's fault, and what it has is the better news.
        if (!(error instanceof JournalMoved)) mark(false, error instanceof Error ? error.message : String(error));
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, RETRY_MS.most);
      }
    }
  }

  const running = run();
  return {
    status: () => ({ ...status }),
    onApplied: (listener) => void listeners.push(listener),
    settled: async (ms) => {
      const target = journal.end();
      const deadline = performance.now() + ms;
      const there = () => {
        const at = status.state;
        return (
          at !== null && (at.segment > target.segment || (at.segment === target.segment && at.offset >= target.offset))
        );
      };
      while (!there()) {
        // A new segment without a record has nothing to apply: the journal is behind only where bytes are.
        if (status.state && (await journal.behind(status.state)) === 0) return;
        if (performance.now() > deadline)
          throw new Error(`the journal was not applied within ${ms} ms: ${status.error || 'still running'}`);
        await sleep(5);
      }
    },
    stop: async () => {
      stopping.abort();
      await running;
      await ahead.quiet();
    },
  };
}

/** One record spoils a large batch: it is looked for in small ones. */
class Smaller extends Error {}

async function firstState(journal: Journal, server: string, now: number): Promise<JournalState> {
  const none = { events: 0, repeated: 0, rejected: 0, lastEventAt: null };
  return { server, ...(await journal.start()), ...none, appliedAt: now };
}
