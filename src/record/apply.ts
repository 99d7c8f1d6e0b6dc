// A batch of journal records to the tables, in one transaction: events, calls, operators, clicks and the journal's position.
import { type CallEvent, parseLine } from '../call/event.js';
import { isOfCall } from '../call/fold.js';
import { noteClicks } from '../store/clicks.js';
import { backOff, type Db, isCollision, type Tx } from '../store/database.js';
import { insertEvents, insertRejected, type ReceivedEvent, type RejectedEvent } from '../store/events.js';
import { recount } from '../store/intervals.js';
import { type JournalState, saveJournal } from '../store/journals.js';
import { applyChanges } from '../store/operators.js';
import { isOperatorEvent, lockOperators, saidBy, saveChanges } from '../store/presence.js';
import { type Applied, applyStories } from './apply-stories.js';
import { earliest } from './busy.js';
import { keep, type Memory } from './memory.js';
import type { JournalRecord } from './segments.js';
import { HoldMore } from './stories.js';

export { type Memory, newMemory } from './memory.js';

/** How often a batch that met another server's is begun again at once. */
const TRIES = 20;

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
  const sorted = sort(records);
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
  { received, rejected }: { received: ReceivedEvent[]; rejected: RejectedEvent[] },
  state: JournalState,
  also: ReadonlySet<string>,
): Promise<{ next: JournalState; applied: Applied; events: CallEvent[] }> {
  const fresh = await insertEvents(trx, received);
  const events = received.filter((r) => fresh.delete(r.event.id)).map((r) => r.event);
  await insertRejected(trx, rejected);
  const applied = await applyStories(trx, db, memory, byCall(events), also);
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
    lastEventAt: Math.max(state.lastEventAt ?? 0, ...events.map((e) => e.at)) || null,
  };
  await saveJournal(trx, next);
  return { next: { ...next, stored: { segment: next.segment, offset: next.offset } }, applied, events };
}

/** Tells events from what can't be used. */
function sort(records: readonly JournalRecord[]): { received: ReceivedEvent[]; rejected: RejectedEvent[] } {
  const received: ReceivedEvent[] = [];
  const rejected: RejectedEvent[] = [];
  for (const { line, receivedAt, refusal } of records) {
    if (refusal !== '') {
      rejected.push({ line, receivedAt, reason: refusal });
      continue;
    }
    const parsed = parseLine(line);
    if (parsed.ok) received.push({ event: parsed.event, line, receivedAt });
    else rejected.push({ line, receivedAt, reason: parsed.refusal.reason });
  }
  return { received, rejected };
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
