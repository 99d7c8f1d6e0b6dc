// Pure. A call is the fold of its events, sorted by `at`, then `id`: the same events give the same call in whatever
// order and however often they were delivered. `fold` is total: an odd event marks the call as odd, it never throws.
import type { Call } from './call.js';
import { derive } from './derive.js';
import { type CallEvent, type EventKind, OPERATOR_EVENTS } from './event.js';
import { type Facts, noFacts, note } from './facts.js';

const NOT_OF_A_CALL = new Set<EventKind>([...OPERATOR_EVENTS, 'click']);

/** True when the event is part of a call's story; operators' own events and clicks only carry a call's id along. */
export const isOfCall = (event: CallEvent): boolean => !NOT_OF_A_CALL.has(event.event);

/** The number at the end of an id counts the events of its channel: two of them may share a millisecond. */
const countOf = (event: CallEvent): number => Number(/-(\d{1,9})$/.exec(event.id)?.[1] ?? 0);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of the fold: by time; within a millisecond by channel, by the channel's own count, by id. Two servers fold alike. */
export const byTime = (a: CallEvent, b: CallEvent): number =>
  a.at - b.at || byText(a.uniqueid, b.uniqueid) || countOf(a) - countOf(b) || byText(a.id, b.id);

/** Folds the events of one call, given in any order and with repeats. */
export function fold(id: string, events: readonly CallEvent[]): Call {
  return derive(factsOf(id, events));
}

/** The first half alone, for those who go on with `note` as later events come in order. */
export function factsOf(id: string, events: readonly CallEvent[]): Facts {
  const facts = noFacts(id);
  const seen = new Set<string>();
  for (const event of [...events].sort(byTime)) {
    if (seen.has(event.id) || !isOfCall(event)) continue;
    seen.add(event.id);
    note(facts, event);
  }
  return facts;
}
