// Pure. An operator's day as intervals: exactly one state at every moment, from the operator's own words (login, pause,
// wrap-up) and from what the calls say (rings, talks). Union, not sum: several queues never count a minute twice.
import type { Call, Leg } from './call.js';
import type { OperatorState } from './live.js';

/** What an operator said, or what a rule said in the operator's place. Times are ms since the epoch. */
export interface PresenceChange {
  at: number;
  /** Breaks ties of one millisecond; the event's id. */
  id: string;
  event: 'login' | 'logout' | 'pause' | 'unpause' | 'wrapup' | 'wrapped';
  /** Of a pause; `lost` on a logout or the end of a wrap-up that a rule told, because nobody else did. */
  reason: string;
  /** Of a wrap-up: when it ends by itself, ms. */
  until: number | null;
  queue: string;
}

/** A ring or a talk of the operator; `endedAt` null while it lasts. */
export interface Activity {
  state: 'ringing' | 'talking';
  startedAt: number;
  endedAt: number | null;
  call: string;
  /** Empty for a call outside the queues. */
  queue: string;
}

/** One stretch in one state. */
export interface Interval {
  state: OperatorState;
  /** Of a pause. */
  reason: string;
  startedAt: number;
  /** Null for the state that holds now. */
  endedAt: number | null;
  call: string;
  queue: string;
  /** A rule closed it, because nobody else did. */
  lost: boolean;
}

/** What the operator's own words amount to. A wrap-up runs over a pause, and gives it back. */
export interface Presence {
  onDuty: boolean;
  /** Reason of the pause; null when not paused. */
  paused: string | null;
  wrapup: { queue: string; until: number | null } | null;
}

/** An operator of whom nothing was heard. */
export const OFF_DUTY: Presence = { onDuty: false, paused: null, wrapup: null };

/**
 * The presence after a change. A pause without a login means that the login was missed (a member written into queues.conf never
 * logs in). A wrap-up, and the end of either, brings nobody back on duty who left meanwhile.
 */
export function presenceAfter(before: Presence, change: PresenceChange): Presence {
  switch (change.event) {
    case 'login':
      return { onDuty: true, paused: null, wrapup: null };
    case 'logout':
      return OFF_DUTY;
    case 'pause':
      return { ...before, onDuty: true, paused: change.reason };
    case 'unpause':
      return { ...before, onDuty: true, paused: null };
    case 'wrapup':
      // The hook of a talk that ends with a logout may come a moment after it: nobody comes back on duty by it.
      return before.onDuty ? { ...before, wrapup: { queue: change.queue, until: change.until } } : before;
    case 'wrapped':
      return { ...before, wrapup: null };
  }
}

/** The order of an operator's changes: by time, within a millisecond by id. */
export const byChange = (a: PresenceChange, b: PresenceChange): number =>
  a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Where a timeline begins: the presence that held at that time, ms. */
export interface Start {
  at: number;
  presence: Presence;
}

/**
 * The operator's intervals, contiguous from the start on (without one: from the first thing known, off duty before), the last
 * one open. Talking beats ringing, that beats the wrap-up, that a pause; who is off duty and in no call is offline.
 */
export function timeline(
  changes: readonly PresenceChange[],
  activities: readonly Activity[],
  start: Start | null = null,
): Interval[] {
  const sorted = [...changes].sort(byChange);
  const times = new Set(sorted.map((change) => change.at));
  for (const { startedAt, endedAt } of activities) {
    times.add(startedAt);
    if (endedAt !== null) times.add(Math.max(endedAt, startedAt));
  }
  const first = start?.at ?? Math.min(...times);
  if (!Number.isFinite(first)) return [];
  const moments = [first, ...[...times].filter((at) => at > first).sort((a, b) => a - b)];
  const intervals: Interval[] = [];
  let presence = start?.presence ?? OFF_DUTY;
  let next = 0;
  // Of a year of activities only a few run at one moment.
  const ahead = [...activities].sort((a, b) => b.startedAt - a.startedAt);
  let running: Activity[] = [];
  for (const at of moments) {
    while ((ahead.at(-1)?.startedAt ?? Number.POSITIVE_INFINITY) <= at) running.push(ahead.pop() as Activity);
    running = running.filter((activity) => activity.endedAt === null || activity.endedAt > at);
    let closedByRule = false;
    for (let change = sorted[next]; change !== undefined && change.at <= at; change = sorted[next]) {
      next += 1;
      // What the start already knows is not said again.
      if (start !== null && change.at < start.at) continue;
      presence = presenceAfter(presence, change);
      closedByRule ||= change.reason === 'lost' && (change.event === 'logout' || change.event === 'wrapped');
    }
    goOn(intervals, { ...stateAt(presence, running), startedAt: at, endedAt: null, lost: false }, closedByRule);
  }
  return intervals;
}

/** Puts the state of a moment behind those before it; the same state again is no new interval. */
function goOn(intervals: Interval[], now: Interval, closedByRule: boolean): void {
  const last = intervals.at(-1);
  const same =
    last &&
    last.state === now.state &&
    last.reason === now.reason &&
    last.call === now.call &&
    last.queue === now.queue;
  if (same) return;
  if (last) {
    last.endedAt = now.startedAt;
    last.lost = closedByRule;
  }
  intervals.push(now);
}

type State = Pick<Interval, 'state' | 'reason' | 'call' | 'queue'>;

function stateAt(presence: Presence, now: readonly Activity[]): State {
  const newest = (state: Activity['state']) =>
    now
      .filter((a) => a.state === state)
      .sort((a, b) => a.startedAt - b.startedAt || (a.call < b.call ? -1 : 1))
      .at(-1);
  const busy = newest('talking') ?? newest('ringing');
  if (busy) return { state: busy.state, reason: '', call: busy.call, queue: busy.queue };
  const idle = { reason: '', call: '', queue: '' };
  if (!presence.onDuty) return { ...idle, state: 'offline' };
  if (presence.wrapup) return { ...idle, state: 'wrap_up', queue: presence.wrapup.queue };
  if (presence.paused !== null) return { ...idle, state: 'paused', reason: presence.paused };
  return { ...idle, state: 'ready' };
}

/** What of a leg says how its operator was busy. */
export type LegTimes = Pick<Leg, 'role' | 'endpoint' | 'queue' | 'startedAt' | 'answeredAt' | 'endedAt' | 'outcome'>;

/**
 * What one leg is to its operator: the ring of a device, then its talk. Who dials talks from the first moment; what is said
 * of the trunk and of a caller from outside is nobody's.
 */
export function activitiesOf(call: Pick<Call, 'id' | 'endpoint'>, leg: LegTimes): Activity[] {
  const outside = leg.role === 'trunk' || leg.endpoint === '' || (leg.role === 'caller' && call.endpoint === '');
  if (outside) return [];
  const common = { call: call.id, queue: leg.queue };
  const dials = leg.outcome === 'caller' || leg.outcome === 'placed' || leg.outcome === 'lost';
  if (dials) return [{ ...common, state: 'talking', startedAt: leg.startedAt, endedAt: leg.endedAt }];
  const ringing: Activity = {
    ...common,
    state: 'ringing',
    startedAt: leg.startedAt,
    endedAt: leg.answeredAt ?? leg.endedAt,
  };
  if (leg.answeredAt === null) return [ringing];
  return [ringing, { ...common, state: 'talking', startedAt: leg.answeredAt, endedAt: leg.endedAt }];
}
