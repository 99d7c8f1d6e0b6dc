// Brings queue_log in: its lines are kept, and the calls they belong to get their visits, offers and talks from them.
import type { Db, Tx } from '../store/database.js';
import { callsOfChannels, keepQueueLog, queueLogOf } from '../store/imported-queue.js';
import {
  findImport,
  type Imported,
  importedBefore,
  keepRejected,
  saveImport,
  sourceKey,
  writeImported,
} from '../store/imports.js';
import { readCalls } from '../store/read-call.js';
import { applyQueue, isOfCall } from './queue-call.js';
import type { QueueFact } from './queue-line.js';
import type { QueueLine, QueueSource } from './queue-source.js';

export interface QueueCounts {
  lines: number;
  /** Lines that tell of operators, not of a call. */
  presence: number;
  /** Calls that were imported from cdr and now know their queues. */
  joined: number;
  /** Calls of which only queue_log tells so far. */
  alone: number;
  /** Calls that our own hooks recorded: left alone. */
  recorded: number;
  doubtful: number;
  rejected: number;
}

export interface QueueImport {
  source: QueueSource;
  pbx: string;
  dryRun: boolean;
  progress: (counts: QueueCounts, done: number) => void;
  signal?: AbortSignal | undefined;
  now: () => number;
}

/** Reads the source from where the last run stopped; may be killed at any instant. Either import may come first. */
export async function importQueueLog(db: Db, options: QueueImport): Promise<QueueCounts> {
  const { source, pbx, dryRun, now } = options;
  const key = sourceKey('queue_log', [pbx, source.name].join('\n'));
  const counts: QueueCounts = { lines: 0, presence: 0, joined: 0, alone: 0, recorded: 0, doubtful: 0, rejected: 0 };
  const told = {
    joined: new Set<string>(),
    alone: new Set<string>(),
    recorded: new Set<string>(),
    odd: new Set<string>(),
  };
  const state = await findImport(db, key);
  for await (const { lines, done, next } of source.pages(state?.place ?? {}, now())) {
    const facts = lines.flatMap(({ read }) => (read.ok ? [read.fact] : []));
    const rejected = lines.flatMap(({ read, place, line }) => (read.ok ? [] : [{ place, line, reason: read.reason }]));
    await db.knex
      .transaction(async (trx) => {
        const calls = await applyFacts(trx, pbx, facts, oddOf(lines));
        for (const id of calls.recorded) told.recorded.add(id);
        for (const { call, from } of calls.made) {
          told[from === 'cdr' ? 'joined' : 'alone'].add(call.id);
          if (call.odd.some((word) => word !== 'only queue_log tells of it')) told.odd.add(call.id);
        }
        if (dryRun) throw new DryRun();
        await keepRejected(trx, key, rejected, now());
        await saveImport(trx, { source: key, kind: 'queue_log', place: next, counts: { ...counts }, changedAt: now() });
      })
      .catch((error: unknown) => {
        if (!(error instanceof DryRun)) throw error;
      });
    counts.lines += lines.length;
    counts.presence += facts.filter((fact) => !isOfCall(fact)).length;
    counts.rejected += rejected.length;
    Object.assign(counts, {
      joined: told.joined.size,
      alone: told.alone.size,
      recorded: told.recorded.size,
      doubtful: told.odd.size,
    });
    options.progress(counts, done);
    if (options.signal?.aborted) break;
  }
  return counts;
}

/** Ends a piece of a dry run: what was written to see what would be is taken back. */
class DryRun extends Error {}

/** What is strange about lines of each call. */
function oddOf(lines: readonly QueueLine[]): Map<string, string> {
  return new Map(
    lines.flatMap(({ read }) => (read.ok && read.odd !== '' ? [[read.fact.callid, read.odd] as const] : [])),
  );
}

interface Applied {
  made: (Imported & { from: string })[];
  recorded: Set<string>;
}

async function applyFacts(
  trx: Tx,
  pbx: string,
  facts: readonly QueueFact[],
  odd: ReadonlyMap<string, string>,
): Promise<Applied> {
  const callids = [...new Set(facts.filter(isOfCall).map((fact) => fact.callid))];
  const owners = await callsOfChannels(trx, pbx, callids);
  const recorded = new Set([...owners].filter(([, { from }]) => from === '').map(([id]) => id));
  const ours = facts.filter((fact) => !recorded.has(fact.callid));
  await keepQueueLog(trx, pbx, ours);
  // The call may have begun in an earlier piece: its lines of then belong to it.
  const wanted = callids.filter((id) => !recorded.has(id));
  const all = await queueLogOf(trx, pbx, wanted);
  const ids = wanted.map((id) => owners.get(id)?.call ?? `${pbx}-${id}`);
  const standing = await readCalls(trx, ids);
  const before = await importedBefore(trx, ids);
  const made: Applied['made'] = [];
  for (const callid of wanted) {
    const owner = owners.get(callid);
    const id = owner?.call ?? `${pbx}-${callid}`;
    const from = owner?.from === 'cdr' ? 'cdr' : 'queue_log';
    const call = applyQueue(
      from === 'cdr' ? (standing.get(id) ?? null) : null,
      (all.get(callid) ?? []).filter(isOfCall),
      pbx,
    );
    const strange = odd.get(callid);
    if (strange !== undefined && !call.odd.includes(strange)) call.odd.push(strange);
    const old = before.get(id);
    // No row of cdr is in it: a later import of cdr puts its own in place of it.
    const rows = {
      sourceRows: from === 'cdr' ? (old?.sourceRows ?? 0) : 0,
      digest: from === 'cdr' ? (old?.digest ?? '') : '',
    };
    made.push({ call, ...rows, lastAt: old?.lastAt ?? call.startedAt, again: standing.has(id), from });
  }
  for (const from of ['cdr', 'queue_log'])
    await writeImported(
      trx,
      from,
      made.filter((one) => one.from === from),
    );
  return { made, recorded };
}
