// Recreates rt_*, cdr_*, the joins, the operators and their days from the events. Calls whose events are gone (retention) keep the rows they have.
import { byTime, fold, isOfCall } from '../call/fold.js';
import { lockCalls, rowsOfCalls, unlockCalls, type Written, writeCalls } from '../store/calls.js';
import { backOff, type Db, isCollision, type Tx } from '../store/database.js';
import { nextCalls } from '../store/events.js';
import { recount } from '../store/intervals.js';
import { dropJoins } from '../store/joins.js';
import { rebuildOperators } from '../store/operators.js';
import {
  everybody,
  isOperatorEvent,
  keyOf,
  lockOperators,
  rowsOfOperators,
  saidBy,
  saveChanges,
  type Who,
} from '../store/presence.js';
import { gather } from './gather.js';
import { HoldMore } from './stories.js';

export interface RebuildResult {
  calls: number;
  /** Calls whose rows were not what their events say. */
  differed: string[];
  /** Operators (`pbx/operator`) whose row or day was not what their events and calls say. */
  operators: string[];
}

export interface RebuildOptions {
  /** Compare only, write nothing. */
  dryRun: boolean;
  progress?: (calls: number) => void;
  chunk?: number;
}

const CHUNK = 200;
/** Whole days of these are counted in one transaction. */
const OPERATORS = 20;

/**
 * Walks through all calls that have events, then makes the operators from theirs. Can run beside a live server: each chunk
 * is one transaction that holds its stories, and two that meet in a deadlock are tried again.
 */
export async function rebuild(db: Db, options: RebuildOptions): Promise<RebuildResult> {
  const result: RebuildResult = { calls: 0, differed: [], operators: [] };
  /** Calls ahead that were written with a story of an earlier chunk. */
  const done = new Set<string>();
  let after = '';
  for (;;) {
    const ids = await nextCalls(db, after, options.chunk ?? CHUNK);
    const last = ids.at(-1);
    if (last === undefined) break;
    const chunk = await again((also) => rebuildChunk(db, ids, done, also, options.dryRun));
    result.differed.push(...chunk.differed);
    for (const call of chunk.beyond) done.add(call);
    result.calls += ids.length;
    options.progress?.(result.calls);
    after = last;
  }
  result.differed = [...new Set(result.differed)];
  const everyone = await everybody(db);
  for (let i = 0; i < everyone.length; i += OPERATORS) {
    const some = everyone.slice(i, i + OPERATORS);
    result.operators.push(...(await again(() => rebuildDays(db, some, options.dryRun))));
  }
  return result;
}

interface Chunk {
  differed: string[];
  /** Calls of other chunks that belong to stories of this one. */
  beyond: string[];
}

async function rebuildChunk(
  db: Db,
  ids: readonly string[],
  done: ReadonlySet<string>,
  also: ReadonlySet<string>,
  dryRun: boolean,
): Promise<Chunk> {
  const chunk: Chunk = { differed: [], beyond: [] };
  const rewrite = async (trx: Tx) => {
    const held = new Set([...ids, ...also]);
    // The rows as they stand are read first: taking the locks makes empty ones for calls without any.
    const before = await rowsOfCalls(trx, [...held]);
    await lockCalls(trx, db, [...held]);
    const found = await gather(
      trx,
      db,
      ids.filter((id) => !done.has(id)),
    );
    const missing = found.stories.flat().filter((call) => !held.has(call));
    if (missing.length > 0) throw new HoldMore(missing);
    await saveChanges(trx, [...found.lines.values()].flat().filter(isOperatorEvent).map(saidBy));
    const written = found.stories.flatMap((members): Written[] => {
      const events = members.flatMap((id) => found.lines.get(id) ?? []).filter(isOfCall);
      const [first] = events.sort(byTime);
      return first ? [{ call: fold(first.call, events), members, stands: null }] : [];
    });
    await dropJoins(trx, found.stories.flat());
    await writeCalls(trx, written);
    await unlockCalls(trx, [...held]);
    chunk.beyond = found.stories.flat().filter((call) => !ids.includes(call));
    chunk.differed = differences(before, await rowsOfCalls(trx, [...held]));
    if (dryRun) throw new DryRun();
  };
  await db.knex.transaction(rewrite).catch(unlessDry);
  return chunk;
}

/** Makes the rows and the days of some operators anew; returns those that were otherwise. */
async function rebuildDays(db: Db, operators: readonly Who[], dryRun: boolean): Promise<string[]> {
  let differed: string[] = [];
  const rewrite = async (trx: Tx) => {
    await lockOperators(trx, db, operators);
    const before = await rowsOfOperators(trx, operators);
    await rebuildOperators(trx, operators);
    await recount(
      trx,
      operators.map((who) => ({ ...who, at: 0 })),
    );
    const after = await rowsOfOperators(trx, operators);
    differed = operators.map(keyOf).filter((key) => before.get(key) !== after.get(key));
    if (dryRun) throw new DryRun();
  };
  await db.knex.transaction(rewrite).catch(unlessDry);
  return differed;
}

const TRIES = 20;

/** Tries again what met another transaction, or found that it must hold more calls. */
async function again<T>(act: (also: ReadonlySet<string>) => Promise<T>): Promise<T> {
  const also = new Set<string>();
  for (let tries = 1; ; tries += 1) {
    try {
      return await act(also);
    } catch (error) {
      if (error instanceof HoldMore) for (const call of error.calls) also.add(call);
      else if (tries >= TRIES || !isCollision(error)) throw error;
      else await backOff(tries);
    }
  }
}

/** Ends a compared chunk: what was written for the comparison is taken back. */
class DryRun extends Error {}
function unlessDry(error: unknown): void {
  if (!(error instanceof DryRun)) throw error;
}

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
