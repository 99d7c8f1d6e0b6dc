// A call as the lower part of a story tells it.
import type { Call, Step } from '../../src/call/call.js';
import type { CallEvent } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { intoStories } from '../../src/call/link.js';
import {
  activitiesOf,
  type Interval,
  OFF_DUTY,
  type Presence,
  type PresenceChange,
  timeline,
} from '../../src/call/timeline.js';

/** Tells a call; times are seconds from `zero`. */
export function tell(call: Call, zero: number): string[] {
  const s = (ms: number | null) => (ms === null ? '…' : (ms / 1000).toFixed(3));
  const t = (ms: number | null) => (ms === null ? '…' : ((ms - zero) / 1000).toFixed(3));
  const rows = [
    `call      ${call.direction} ${call.from || '-'} → ${call.to}   ${call.outcome}   ${t(call.startedAt)} – ${t(call.endedAt)}   ended by ${call.endedBy || '-'}`,
  ];
  for (const visit of call.visits)
    rows.push(
      `visit     ${visit.queue}   ${visit.outcome}   wait ${s(visit.wait)}${place(visit.position)}${visit.operator ? `   by ${visit.operator}` : ''}`,
    );
  for (const offer of call.offers) rows.push(`offer     ${offer.operator}   ${offer.outcome}   ${s(offer.ring)}`);
  for (const leg of call.legs) {
    if (leg.role === 'caller' || leg.queue !== '') continue;
    const who = leg.role === 'trunk' ? `trunk → ${leg.dialled || '-'}` : leg.endpoint;
    rows.push(`leg       ${who}   ${leg.outcome}   ${s((leg.answeredAt ?? leg.endedAt ?? 0) - leg.startedAt)}`);
  }
  for (const talk of call.talks) {
    const hold = talk.hold > 0 ? `   hold ${s(talk.hold)}` : '';
    const how = talk.endedBy === 'transfer' ? 'transferred' : `${talk.endedBy || 'nobody'} ended`;
    rows.push(`talk      ${talk.operator} ↔ ${talk.party}   ${how}   ${t(talk.startedAt)} – ${t(talk.endedAt)}${hold}`);
  }
  for (const step of call.steps) rows.push(stepRow(step, t));
  if (call.parent) rows.push('parent    a call on another PBX');
  if (call.joined.length > 0) rows.push(`joined    ${call.joined.length + 1} calls`);
  for (const odd of call.odd) rows.push(`odd       ${odd}`);
  return rows.map(tidy);
}

/** Most are the first; who is not had to wait for others. */
const place = (position: number | null) => (position === null || position < 2 ? '' : `   place ${position}`);

/** `step  park 701 retrieved  by 101  12.000 – 20.000`: a moment has one time, a stretch two; what only the manager interface told is marked. */
function stepRow(step: Step, t: (ms: number | null) => string): string {
  const who = step.operator ? `   ${step.operator}` : '';
  const detail = step.detail ? `   ${DETAILS[step.step] ?? 'by '}${nameless(step.detail)}` : '';
  const times = step.endedAt === step.startedAt ? t(step.startedAt) : `${t(step.startedAt)} – ${t(step.endedAt)}`;
  const length = step.length === null ? '' : `   ${(step.length / 1000).toFixed(0)} s long`;
  const seen = step.source === 'hook' ? '' : `   seen by ${step.source}`;
  return `step      ${step.step} ${nameless(step.what)} ${step.outcome}${who}${detail}   ${times}${length}${seen}`;
}

/** What stands before a detail that is not a person. */
const DETAILS: Partial<Record<Step['step'], string>> = {
  conference: 'as ',
  recording: 'of ',
  spy: '',
  voicemail: 'in ',
};

/** The name of a recording holds the day and the call, that of a message its number in the mailbox: no story knows them. */
const nameless = (text: string) =>
  text.replace(/^\d{4}\/\d\d\/\d\d\/.*(\.\w+)$/, 'file$1').replace(/\bmsg\d{4}$/, 'msg');

/** `operator  101   ready · ringing 0.350 · talking 3.000`: each state with the second it began; the first one held before. */
export function tellOperator(operator: string, intervals: readonly Interval[], zero: number): string {
  const states = intervals.map(({ state, reason, startedAt, lost }, n) => {
    const word = state === 'paused' ? `paused(${reason})` : state;
    const since = n === 0 ? '' : ` ${((startedAt - zero) / 1000).toFixed(3)}`;
    return `${word}${since}${lost ? ' until lost' : ''}`;
  });
  return tidy(`operator ${operator} ${states.join(' · ')}`);
}

/** Folds the stories of some events and tells them in the order in which they began, then the operators' days. */
export function tellAll(
  events: readonly CallEvent[],
  zero: number,
  given: readonly (readonly string[])[] = [],
): string[] {
  const calls = intoStories(events).map((all) => fold(all[0]?.call ?? '', all));
  calls.sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  return [...calls.flatMap((call) => tell(call, zero)), ...tellOperators(calls, events, zero, given)];
}

/** The days of the operators that the story names, and of those who said something of themselves in it. */
function tellOperators(
  calls: readonly Call[],
  events: readonly CallEvent[],
  zero: number,
  given: readonly (readonly string[])[],
): string[] {
  const starts = new Map(given.map(([operator = '', state = '', reason = '']) => [operator, presence(state, reason)]));
  const said = changesOf(events);
  return [...new Set([...starts.keys(), ...said.keys()])].sort().map((operator) => {
    const activities = calls.flatMap((call) =>
      call.legs.filter((leg) => leg.endpoint === operator).flatMap((leg) => activitiesOf(call, leg)),
    );
    const start = { at: zero, presence: starts.get(operator) ?? OFF_DUTY };
    return tellOperator(operator, timeline(said.get(operator) ?? [], activities, start), zero);
  });
}

const presence = (state: string, reason: string): Presence => ({
  onDuty: state !== 'offline',
  paused: state === 'paused' ? reason : null,
  wrapup: state === 'wrap_up' ? { queue: reason, until: null } : null,
});

/** What each operator said, each word once. */
export function changesOf(events: readonly CallEvent[]): Map<string, PresenceChange[]> {
  const changes = new Map<string, Map<string, PresenceChange>>();
  for (const event of events) {
    if (!('operator' in event)) continue;
    const own = changes.get(event.operator) ?? new Map<string, PresenceChange>();
    changes.set(event.operator, own);
    own.set(event.id, {
      at: event.at,
      id: event.id,
      event: event.event,
      reason: 'reason' in event ? event.reason : 'how' in event ? event.how : '',
      until: 'until' in event ? event.until : null,
      queue: 'queue' in event ? event.queue : '',
    });
  }
  return new Map([...changes].map(([operator, own]) => [operator, [...own.values()]]));
}

export const tidy = (row: string) => row.trim().replace(/\s+/g, ' ');

/** A row without its times, and the times: for comparing what a real PBX played with what the story says. */
export function split(row: string): { words: string; times: number[] } {
  const times: number[] = [];
  const words = tidy(row).replace(/\b\d+\.\d{3}\b/g, (number) => {
    times.push(Number(number));
    return '#';
  });
  return { words, times };
}
