// Recreates rt_*, cdr_* and the operators from the events. Calls whose events are gone (retention) keep the rows they have.
import type { Call } from '../call/call.js';
import { parseLine } from '../call/event.js';
import { fold, isOfCall } from '../call/fold.js';
import { lockCalls, rowsOfCalls, unlockCalls, writeCalls } from '../store/calls.js';
import type { Db, Tx } from '../store/database.js';
import { linesOfCalls, nextCalls } from '../store/events.js';
import { isOperatorEvent, type OperatorEvent, rebuildOperators } from '../store/operators.js';

export interface RebuildResult {
  calls: number;
  /** Calls whose rows were not what their events say. */
  differed: string[];
}

export interface RebuildOptions {
  /** Compare only, write nothing. */
  dryRun: boolean;
  progress?: (calls: number) => void;
  chunk?: number;
}

const CHUNK = 200;

/**
 * Walks through all calls that have events, then makes the operators from theirs. Can run beside a live server: each chunk
 * is one transaction that holds its calls, and two that meet in a deadlock are tried again.
 */
export async function rebuild(db: Db, options: RebuildOptions): Promise<RebuildResult> {
  const result: RebuildResult = { calls: 0, differed: [] };
  const operators: OperatorEvent[] = [];
  let after = '';
  for (;;) {
    const ids = await nextCalls(db, after, options.chunk ?? CHUNK);
    const last = ids.at(-1);
    if (last === undefined) break;
    const chunk = await again(() => rebuildChunk(db, ids, options.dryRun));
    result.differed.push(...chunk.differed);
    operators.push(...chunk.operators);
    result.calls += ids.length;
    options.progress?.(result.calls);
    after = last;
  }
  if (!options.dryRun) await again(() => db.knex.transaction((trx) => rebuildOperators(trx, operators)));
  return result;
}

interface Chunk {
  differed: string[];
  operators: OperatorEvent[];
}

async function rebuildChunk(db: Db, ids: readonly string[], dryRun: boolean): Promise<Chunk> {
  const chunk: Chunk = { differed: [], operators: [] };
  const rewrite = async (trx: Tx) => {
    // The rows as they stand are read first: taking the locks makes empty ones for calls without any.
    const before = await rowsOfCalls(trx, ids);
    if (!dryRun) await lockCalls(trx, db, ids);
    const calls: Call[] = [];
    chunk.operators = [];
    for (const [id, lines] of await linesOfCalls(trx, ids)) {
      const parsed = lines.map(parseLine).flatMap((p) => (p.ok ? [p.event] : []));
      chunk.operators.push(...parsed.filter(isOperatorEvent));
      if (parsed.some(isOfCall)) calls.push(fold(id, parsed));
    }
    await writeCalls(trx, calls, new Set());
    const folded = new Set(calls.map((call) => call.id));
    if (!dryRun)
      await unlockCalls(
        trx,
        ids.filter((id) => !folded.has(id)),
      );
    chunk.differed = differences(before, await rowsOfCalls(trx, ids));
    if (dryRun) throw new DryRun();
  };
  await db.knex.transaction(rewrite).catch((error: unknown) => {
    if (!(error instanceof DryRun)) throw error;
  });
  return chunk;
}

const TRIES = 5;

/** Tries again what met another transaction: 1213 deadlock, 1205 waited too long for a lock. */
async function again<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (tries === TRIES || (errno !== 1213 && errno !== 1205)) throw error;
    }
  }
}

/** Ends a compared chunk: what was written for the comparison is taken back. */
class DryRun extends Error {}

function differences(
  before: Record<string, Record<string, unknown>[]>,
  after: Record<string, Record<string, unknown>[]>,
): string[] {
  const ids = new Set<string>();
  for (const table of Object.keys(after)) {
    const old = byCall(before[table] ?? []);
    const now = byCall(after[table] ?? []);
    for (const id of new Set([...old.keys(), ...now.keys()])) if (old.get(id) !== now.get(id)) ids.add(id);
  }
  return [...ids];
}

function byCall(rows: Record<string, unknown>[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const row of rows) {
    const id = String(row['call_id']);
    texts.set(id, `${texts.get(id) ?? ''}${JSON.stringify(row)}\n`);
  }
  return texts;
}
