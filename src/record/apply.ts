// A batch of journal records to the tables, in one transaction: events, calls, operators, clicks and the journal's position.
import { setImmediate as breath } from 'node:timers/promises';
import { type CallEvent, parseLine } from '../call/event.js';
import { isOfCall } from '../call/fold.js';
import { noteClicks } from '../store/clicks.js';
import { backOff, type Db, isCollision, type Tx } from '../store/database.js';
import { eventInserts, insertRejected, notStored, type ReceivedEvent, type RejectedEvent } from '../store/events.js';
import { recount } from '../store/intervals.js';
import { type JournalState, saveJournal } from '../store/journals.js';
import { applyChanges } from '../store/operators.js';
import { isOperatorEvent, lockOperators, saidBy, saveChanges } from '../store/presence.js';
import { type Applied, planStories, writeStories } from './apply-stories.js';
import { earliest } from './busy.js';
import { keep, type Memory } from './memory.js';
import type { JournalRecord } from './segments.js';
import { HoldMore, holdStories } from './stories.js';

export { type Memory, newMemory } from './memory.js';

/** Records sorted in one go, a millisecond or so. */
const AT_ONCE = 50;

/** How often a batch that met another server's is begun again at once. */
const TRIES = 20;

/** Records as they are to be applied: events, and what can't be used. */
export interface Sorted {
  received: ReceivedEvent[];
  rejected: RejectedEvent[];
}

/**
 * Applies records and moves the journal's state on; `stored` is told of the events that were new. Throws when the database
 * does; then nothing was applied.
 */
export async function applyBatch(
  db: Db,
  memory: Memory,
  records: readonly JournalRecord[],
  state: JournalState,
  stored: (events: readonly CallEvent[]) => void = () => undefined,
): Promise<JournalState> {
  return applySorted(db, memory, await sortRecords(records), state, stored);
}

/** The same for records that are sorted already. */
export async function applySorted(
  db: Db,
  memory: Memory,
  sorted: Sorted,
  state: JournalState,
  stored: (events: readonly CallEvent[]) => void = () => undefined,
): Promise<JournalState> {
  const also = new Set<string>();
  for (let tries = 1; ; tries += 1) {
    try {
      const { next, applied, events } = await db.knex.transaction((trx) =>
        applyOnce(trx, db, memory, sorted, state, also),
      );
      keep(memory, applied.stories);
      stored(events);
      return next;
    } catch (error) {
      if (tries === TRIES) throw error;
      if (error instanceof HoldMore) for (const call of error.calls) also.add(call);
      else if (isCollision(error)) await backOff(tries);
      else throw error;
    }
  }
}

async function applyOnce(
  trx: Tx,
  db: Db,
  memory: Memory,
  { received, rejected }: Sorted,
  state: JournalState,
  also: ReadonlySet<string>,
): Promise<{ next: JournalState; applied: Applied; events: CallEvent[] }> {
  // The calls are held before anything is written: a batch that must begin again for more of them has done nothing yet, and
  // of two servers that bring the same event the second one finds it stored.
  const found = await holdStories(trx, db, memory, byCall(received.map(({ event }) => event)).told, also);
  const fresh = await notStored(trx, received);
  const events = fresh.map(({ event }) => event);
  const plan = await planStories(trx, memory, byCall(events), found);
  const stored = fresh.filter(({ event }) => !plan.setAside.has(event.id));
  const applied = await writeStories(trx, found, plan, eventInserts(trx, stored));
  await insertRejected(trx, rejected);
  const said = events.filter(isOperatorEvent).map(saidBy);
  const changed = earliest([...applied.changed, ...said]);
  await lockOperators(trx, db, changed);
  await saveChanges(trx, said);
  await applyChanges(trx, said);
  await recount(trx, changed);
  await noteClicks(trx, events);
  const next: JournalState = {
    ...state,
    events: state.events + events.length,
    repeated: state.repeated + received.length - events.length,
    rejected: state.rejected + rejected.length,
    lastEventAt: events.reduce((last, { at }) => Math.max(last, at), state.lastEventAt ?? 0) || null,
  };
  await saveJournal(trx, next);
  return { next: { ...next, stored: { segment: next.segment, offset: next.offset } }, applied, events };
}

/** Tells events from what can't be used, a piece at a time: whoever else has something to do in this process is not kept from it. */
export async function sortRecords(records: readonly JournalRecord[]): Promise<Sorted> {
  const sorted: Sorted = { received: [], rejected: [] };
  for (const [n, { line, receivedAt, refusal }] of records.entries()) {
    if (n % AT_ONCE === AT_ONCE - 1) await breath();
    const parsed = refusal === '' ? parseLine(line) : null;
    if (parsed?.ok) sorted.received.push({ event: parsed.event, line, receivedAt });
    else sorted.rejected.push({ line, receivedAt, reason: parsed ? parsed.refusal.reason : refusal });
  }
  return sorted;
}

/** The events that tell of calls, by call; and how many rows each of these calls got, others' words included. */
function byCall(events: readonly CallEvent[]): { told: Map<string, CallEvent[]>; rows: Map<string, number> } {
  const told = new Map<string, CallEvent[]>();
  const rows = new Map<string, number>();
  for (const event of events) {
    rows.set(event.call, (rows.get(event.call) ?? 0) + 1);
    if (!isOfCall(event)) continue;
    const list = told.get(event.call);
    if (list) list.push(event);
    else told.set(event.call, [event]);
  }
  return { told, rows };
}
