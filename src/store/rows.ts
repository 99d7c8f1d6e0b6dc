// A folded call to its rows. Pure: the same call gives the same rows, live or rebuilt.
import type { Call } from '../call/call.js';
import { liveState, mainChannel } from '../call/state.js';
import { covered } from '../call/stretches.js';
import { toDb } from './time.js';

export type Row = Record<string, string | number | null>;

const common = (call: Call): Row => ({
  call_id: call.id,
  pbx: call.pbx,
  direction: call.direction,
  caller_number: call.from,
  caller_name: call.name,
  dialled: call.to,
  trunk: call.trunk,
  operator: call.endpoint,
  click_id: call.click,
  linkedid: call.linkedid,
  parent_call_id: call.parent,
  started_at: toDb(call.startedAt),
  answered_at: toDb(call.answeredAt),
  events: call.events,
  odd: call.odd.join('; '),
});

/** The row of a call that runs. */
export function liveRow(call: Call): Row {
  const { state, since, queue } = liveState(call);
  return { ...common(call), state, state_since: toDb(since), queue, channel: mainChannel(call) };
}

/** The row of a call that is over. `wait_ms` sums the waits of all visits, `talk_ms` is the time during which anybody talked. */
export function doneRow(call: Call): Row {
  const ended = call.endedAt ?? call.startedAt;
  return {
    ...common(call),
    ended_at: toDb(ended),
    duration_ms: Math.max(0, ended - call.startedAt),
    wait_ms: sum(call.visits.map((v) => v.wait ?? 0)),
    talk_ms: covered(call.talks.map((t) => ({ from: t.startedAt, until: t.endedAt ?? ended }))),
    outcome: call.outcome,
    ended_by: call.endedBy,
  };
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

/** A text that is put together from several may be longer than its column. */
const cut = (text: string, length: number) => text.slice(0, length);

export const legRows = (call: Call): Row[] =>
  call.legs.map((leg, n) => ({
    call_id: call.id,
    n,
    pbx: call.pbx,
    uniqueid: leg.uniqueid,
    channel: leg.channel,
    role: leg.role,
    operator: leg.role === 'trunk' || (leg.role === 'caller' && call.endpoint === '') ? '' : leg.endpoint,
    endpoint: leg.endpoint,
    queue: leg.queue,
    dialled: cut(leg.dialled, 80),
    started_at: toDb(leg.startedAt),
    answered_at: toDb(leg.answeredAt),
    ended_at: toDb(leg.endedAt),
    cause: leg.cause,
    tech: leg.tech,
    outcome: leg.outcome,
    waiting: leg.waiting ? 1 : 0,
    source: leg.source,
  }));

/** The Local channels of a call that runs, beside its legs: the reconciliation must find their end too. */
export const plumbingRows = (call: Call): Row[] =>
  call.plumbing.map((local, i) => ({
    ...{ call_id: call.id, n: call.legs.length + i, pbx: call.pbx, uniqueid: local.uniqueid, channel: local.channel },
    ...{ role: 'local', operator: '', endpoint: '', queue: '', dialled: '' },
    ...{ started_at: toDb(local.startedAt), answered_at: null },
    ...{ ended_at: toDb(local.endedAt), cause: null, tech: '', outcome: 'plumbing', waiting: 0, source: 'hook' },
  }));

export const visitRows = (call: Call): Row[] =>
  call.visits.map((visit, n) => ({
    call_id: call.id,
    n,
    pbx: call.pbx,
    queue: visit.queue,
    entered_at: toDb(visit.enteredAt),
    priority: visit.priority,
    position: visit.position,
    answered_at: toDb(visit.answeredAt),
    operator: visit.operator,
    left_at: toDb(visit.leftAt),
    outcome: visit.outcome,
    wait_ms: visit.wait,
  }));

export const offerRows = (call: Call): Row[] =>
  call.offers.map((offer, n) => ({
    call_id: call.id,
    n,
    pbx: call.pbx,
    visit: offer.visit,
    queue: offer.queue,
    operator: offer.operator,
    uniqueid: offer.uniqueid,
    offered_at: toDb(offer.offeredAt),
    ended_at: toDb(offer.endedAt),
    ring_ms: offer.ring,
    outcome: offer.outcome,
  }));

export const talkRows = (call: Call): Row[] =>
  call.talks.map((talk, n) => ({
    call_id: call.id,
    n,
    pbx: call.pbx,
    operator: talk.operator,
    party: talk.party,
    queue: talk.queue,
    uniqueid: talk.uniqueid,
    started_at: toDb(talk.startedAt),
    ended_at: toDb(talk.endedAt),
    talk_ms: talk.endedAt === null ? null : Math.max(0, talk.endedAt - talk.startedAt - talk.hold),
    hold_ms: talk.hold,
    ended_by: talk.endedBy,
  }));

export const stepRows = (call: Call): Row[] =>
  call.steps.map((step, n) => ({
    call_id: call.id,
    n,
    pbx: call.pbx,
    step: step.step,
    operator: step.operator,
    uniqueid: step.uniqueid,
    started_at: toDb(step.startedAt),
    ended_at: toDb(step.endedAt),
    what: cut(step.what, 255),
    outcome: cut(step.outcome, 80),
    detail: cut(step.detail, 255),
    length_ms: step.length,
    source: step.source,
  }));
