// A batch of journal records to the tables, in one transaction: events, calls, operators, clicks and the journal's position.
import type { Call } from '../call/call.js';
import { derive } from '../call/derive.js';
import { type CallEvent, formatLine, parseLine } from '../call/event.js';
import { type Facts, note } from '../call/facts.js';
import { byTime, factsOf, isOfCall } from '../call/fold.js';
import { finishedOf, lockCalls, unlockCalls, writeCalls } from '../store/calls.js';
import { noteClicks } from '../store/clicks.js';
import type { Db, Tx } from '../store/database.js';
import {
  countEvents,
  dropEvents,
  insertEvents,
  insertRejected,
  linesOfCalls,
  type ReceivedEvent,
  type RejectedEvent,
} from '../store/events.js';
import { type JournalState, saveJournal } from '../store/journals.js';
import { applyOperatorEvents, isOperatorEvent, noteIdle } from '../store/operators.js';
import type { JournalRecord } from './segments.js';

/** A call as folded so far, kept in memory so that events in order need no reading back. */
interface Remembered {
  facts: Facts;
  /** The last event folded: a later one may simply be added. */
  last: CallEvent;
  /** Event rows the call had then. Another server may have added some: then the count differs and the call is read again. */
  rows: number;
}

/** What the loop remembers between batches. Only a cache: emptied at any moment it changes nothing but speed. */
export type Memory = Map<string, Remembered>;

const REMEMBERED = 20_000;

/** Applies records and moves the journal's state on. Throws when the database does; then nothing was applied. */
export async function applyBatch(
  db: Db,
  memory: Memory,
  records: readonly JournalRecord[],
  state: JournalState,
): Promise<JournalState> {
  const { received, rejected } = sort(records);
  const touched = new Set<string>();
  try {
    return await db.knex.transaction(async (trx) => {
      const fresh = await insertEvents(trx, received);
      const events = received.filter((r) => fresh.delete(r.event.id)).map((r) => r.event);
      for (const event of events) touched.add(event.call);
      await insertRejected(trx, rejected);
      await applyCalls(trx, db, memory, events);
      await applyOperatorEvents(trx, events.filter(isOperatorEvent));
      await noteClicks(trx, events);
      const next: JournalState = {
        ...state,
        events: state.events + events.length,
        repeated: state.repeated + received.length - events.length,
        rejected: state.rejected + rejected.length,
        lastEventAt: Math.max(state.lastEventAt ?? 0, ...events.map((e) => e.at)) || null,
      };
      await saveJournal(trx, next);
      return next;
    });
  } catch (error) {
    for (const call of touched) memory.delete(call);
    throw error;
  }
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

async function applyCalls(trx: Tx, db: Db, memory: Memory, events: readonly CallEvent[]): Promise<void> {
  const byCall = new Map<string, CallEvent[]>();
  const rowsAdded = new Map<string, number>();
  for (const event of events) {
    rowsAdded.set(event.call, (rowsAdded.get(event.call) ?? 0) + 1);
    if (!isOfCall(event)) continue;
    const list = byCall.get(event.call);
    if (list) list.push(event);
    else byCall.set(event.call, [event]);
  }
  if (byCall.size === 0) return;
  const ids = [...byCall.keys()];
  await lockCalls(trx, db, ids);
  const counts = await countEvents(trx, ids);
  const fresh = new Set(ids.filter((id) => counts.get(id) === rowsAdded.get(id)));
  await setAside(trx, byCall, await finishedOf(trx, [...fresh]));
  const calls = await foldAgain(trx, memory, byCall, rowsAdded, counts);
  await writeCalls(trx, calls, fresh);
  await noteIdle(trx, calls);
}

/**
 * A finished call whose events are gone (retention) can't be folded again from one late event: its row stays as it is, and
 * the event is kept aside.
 */
async function setAside(trx: Tx, byCall: Map<string, CallEvent[]>, bereft: ReadonlySet<string>): Promise<void> {
  for (const id of bereft) {
    const events = byCall.get(id) ?? [];
    byCall.delete(id);
    await unlockCalls(trx, [id]);
    await dropEvents(
      trx,
      events.map((event) => event.id),
    );
    const reason = 'its call is finished and the other events of it are not kept any more';
    await insertRejected(
      trx,
      events.map((event) => ({ line: formatLine({ ...event, v: 1 }), reason, receivedAt: event.at })),
    );
  }
}

/** Folds each call on from what is remembered when its new events come after it, else from all of its stored events. */
async function foldAgain(
  trx: Tx,
  memory: Memory,
  byCall: Map<string, CallEvent[]>,
  rowsAdded: Map<string, number>,
  counts: Map<string, number>,
): Promise<Call[]> {
  const unread: string[] = [];
  for (const [id, events] of byCall) {
    const known = memory.get(id);
    const rows = counts.get(id) ?? 0;
    events.sort(byTime);
    const first = events[0];
    const last = events.at(-1);
    if (!first || !last) continue;
    if (known && known.rows + (rowsAdded.get(id) ?? 0) === rows && byTime(known.last, first) < 0) {
      for (const event of events) note(known.facts, event);
      known.last = last;
      known.rows = rows;
    } else if (rows === rowsAdded.get(id)) remember(memory, id, factsOf(id, events), last, rows);
    else unread.push(id);
  }
  for (const [id, lines] of await linesOfCalls(trx, unread)) {
    const events = lines.flatMap((line) => {
      const parsed = parseLine(line);
      return parsed.ok && isOfCall(parsed.event) ? [parsed.event] : [];
    });
    const last = events.sort(byTime).at(-1);
    if (last) remember(memory, id, factsOf(id, events), last, counts.get(id) ?? 0);
  }
  return [...byCall.keys()].flatMap((id) => {
    const known = memory.get(id);
    return known ? [derive(known.facts)] : [];
  });
}

function remember(memory: Memory, id: string, facts: Facts, last: CallEvent, rows: number): void {
  memory.delete(id);
  memory.set(id, { facts, last, rows });
  // Insertion order is age: the oldest go. A late event of theirs is folded from the tables.
  for (const oldest of memory.keys()) {
    if (memory.size <= REMEMBERED) break;
    memory.delete(oldest);
  }
}
