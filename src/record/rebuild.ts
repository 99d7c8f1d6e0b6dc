// Recreates rt_*, cdr_* and the operators from the events. Calls whose events are gone (retention) keep the rows they have.
import type { Call } from '../call/call.js';
import { parseLine } from '../call/event.js';
import { fold, isOfCall } from '../call/fold.js';
import { lockCalls, rowsOfCalls, writeCalls } from '../store/calls.js';
import type { Db } from '../store/database.js';
import { linesOfCalls, nextCalls } from '../store/events.js';
import { applyOperatorEvents, isOperatorEvent, type OperatorEvent } from '../store/operators.js';

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

/** Walks through all calls that have events. Can run beside a live server: each chunk is one transaction that holds its calls. */
export async function rebuild(db: Db, options: RebuildOptions): Promise<RebuildResult> {
  const result: RebuildResult = { calls: 0, differed: [] };
  let after = '';
  for (;;) {
    const ids = await nextCalls(db, after, options.chunk ?? CHUNK);
    const last = ids.at(-1);
    if (last === undefined) return result;
    await db.knex
      .transaction(async (trx) => {
        // The rows as they stand are read first: taking the locks makes empty ones for calls without any.
        const before = await rowsOfCalls(trx, ids);
        if (!options.dryRun) await lockCalls(trx, db, ids);
        const calls: Call[] = [];
        const operators: OperatorEvent[] = [];
        for (const [id, lines] of await linesOfCalls(trx, ids)) {
          const parsed = lines.map(parseLine).flatMap((p) => (p.ok ? [p.event] : []));
          operators.push(...parsed.filter(isOperatorEvent));
          if (parsed.some(isOfCall)) calls.push(fold(id, parsed));
        }
        const others = new Set(ids.filter((id) => !calls.some((call) => call.id === id)));
        await writeCalls(trx, calls, new Set());
        if (!options.dryRun)
          await trx('rt_calls')
            .whereIn('call_id', [...others])
            .del();
        result.differed.push(...differences(before, await rowsOfCalls(trx, ids)));
        await applyOperatorEvents(trx, operators);
        if (options.dryRun) throw new DryRun();
      })
      .catch((error: unknown) => {
        if (!(error instanceof DryRun)) throw error;
      });
    result.calls += ids.length;
    options.progress?.(result.calls);
    after = last;
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
