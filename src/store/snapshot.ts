// What exists now, read in a handful of queries and put together once for all who watch.

import { addCounts, answerSpeed, NO_VISITS, serviceLevel } from '../call/kpi.js';
import type { CallNow, OperatorNow, OperatorState, QueueNow, Snapshot, Totals, WaitingNow } from '../call/live.js';
import type { Db } from './database.js';
import { listJournals } from './journals.js';
import { type CallRow, type LegRow, type Live, type PresenceRow, readLive } from './live-rows.js';
import {
  type Named,
  NO_NAMES,
  nameMark,
  numberName,
  operatorName,
  operatorsIn,
  queuesIn,
  readNamed,
  titled,
} from './named.js';
import { type Busy, clientOf, colleague, partyOf, waitedFor } from './parties.js';
import type { QueueSettings } from './queues.js';
import { readTicker } from './ticker.js';
import { fromDb, startOfDay } from './time.js';
import { readToday, type Today } from './today.js';

/** A reader that remembers the day's counts for a moment: they are the costly part and move slowly. */
export type SnapshotReader = (now: number) => Promise<Snapshot>;

const TODAY_FRESH_MS = 2000;
/** Names of FreePBX are read every half a minute: a few seconds more are none, ms. */
const NAMED_FRESH_MS = 5000;

/** Makes the reader. `lag` tells how many bytes of the journal wait; `timeZone` says when a day begins. */
export function snapshotReader(db: Db, timeZone: string, lag: () => Promise<number>): SnapshotReader {
  let today: { at: number; midnight: number; counts: Today } | null = null;
  let named: { at: number; names: Named } = { at: Number.NEGATIVE_INFINITY, names: NO_NAMES };
  return async (now) => {
    const midnight = today && now - today.midnight < 23 * 3_600_000 ? today.midnight : startOfDay(now, timeZone);
    if (!today || today.midnight !== midnight || now - today.at >= TODAY_FRESH_MS || now < today.at) {
      today = { at: now, midnight, counts: await readToday(db, midnight) };
    }
    if (now - named.at >= NAMED_FRESH_MS || now < named.at) named = { at: now, names: await readNamed(db) };
    const live = await readLive(db, today.counts, named.names);
    const journals = await listJournals(db);
    const operators = operatorsNow(live);
    const waiting = waitingNow(live);
    const queues = queuesNow(live, operators, waiting);
    return {
      at: now,
      appliedAt: journals.length > 0 ? Math.max(...journals.map((j) => j.appliedAt)) : null,
      lag: await lag(),
      queues,
      waiting,
      operators,
      calls: live.calls.map((call) => callNow(call, live)),
      totals: totalsOf(live, operators, waiting),
      ticker: await readTicker(
        db,
        new Map(operators.map((o) => [o.operator, o.name])),
        new Map(queues.map((q) => [q.queue, settingsOf(live, q.queue)])),
      ),
    };
  };
}

const settingsOf = (live: Live, queue: string): QueueSettings => titled(live.named, live.settings.get(queue), queue);
const splitQueues = (text: string): string[] =>
  text
    .split(',')
    .map((q) => q.trim())
    .filter((q) => q !== '');

function operatorsNow(live: Live): OperatorNow[] {
  const { names } = live;
  const presence = new Map(live.presence.map((p) => [p.operator, p]));
  const busy = busyOperators(live);
  const all = new Set([...names.keys(), ...presence.keys(), ...busy.keys(), ...operatorsIn(live.named)]);
  return [...all]
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((operator): OperatorNow => {
      const said = presence.get(operator);
      const now = busy.get(operator);
      const party = now ? partyOf(now.call, operator, live) : null;
      const day = live.today.operators.get(operator);
      const idle = idleState(said);
      // Whoever talks or rings is not in the wrap-up, whatever was said of it.
      const wrap = now === undefined && idle.state === 'wrap_up' ? said : undefined;
      return {
        operator,
        ...operatorName(live.named, names.get(operator), operator),
        state: now?.state ?? idle.state,
        since: now?.since ?? idle.since,
        reason: said?.presence === 'paused' ? said.reason : '',
        until: wrap ? fromDb(wrap.wrapup_until) : null,
        queues: said && said.presence !== 'offline' ? splitQueues(said.queues) : [],
        call: now?.call.call_id ?? '',
        channel: now?.leg.channel ?? '',
        queue: now?.leg.queue ?? wrap?.wrapup_queue ?? '',
        party: party?.number ?? '',
        partyName: party?.name ?? '',
        partyVip: party?.vip ?? false,
        direction: now?.call.direction ?? '',
        waited: now?.state === 'talking' ? waitedFor(now, operator, live) : null,
        offered: day?.offered ?? 0,
        answered: day?.answered ?? 0,
        missed: day?.missed ?? 0,
      };
    });
}

/** What an operator's own words amount to: until it is told that the wrap-up is over, it is not, whatever the clock says. */
function idleState(said: PresenceRow | undefined): { state: OperatorState; since: number | null } {
  if (said === undefined) return { state: 'offline', since: null };
  const since = fromDb(said.since);
  if (said.presence === 'offline') return { state: 'offline', since };
  if (said.wrapup_until !== null) return { state: 'wrap_up', since: fromDb(said.wrapup_since) ?? since };
  if (said.presence === 'paused') return { state: 'paused', since };
  return { state: 'ready', since: Math.max(since, fromDb(said.idle_since) ?? 0) };
}

/** Who dials is off the hook from the start, unless a click rang the phone first: as in the operator's day (timeline.ts). */
const isTalking = (leg: LegRow): boolean =>
  leg.answered_at !== null || leg.outcome === 'caller' || leg.outcome === 'placed' || leg.outcome === 'lost';

/** Operators with a leg that lives. Talking beats ringing, and the newest of either counts. */
function busyOperators(live: Live): Map<string, Busy> {
  const busy = new Map<string, Busy>();
  for (const call of live.calls) {
    for (const leg of live.legs.get(call.call_id) ?? []) {
      if (leg.operator === '' || leg.ended_at !== null) continue;
      const state = isTalking(leg) ? 'talking' : 'ringing';
      const since = fromDb(leg.answered_at ?? leg.started_at);
      const known = busy.get(leg.operator);
      const beats = state === known?.state ? since >= known.since : state === 'talking';
      if (!known || beats) busy.set(leg.operator, { state, since, call, leg });
    }
  }
  return busy;
}

function waitingNow(live: Live): WaitingNow[] {
  const position = new Map<string, number>();
  // As app_queue lines them up: a higher priority stands before a longer wait.
  const inOrder = [...live.visits].sort(
    (a, b) => Number(b.priority ?? 0) - Number(a.priority ?? 0) || (a.entered_at < b.entered_at ? -1 : 1),
  );
  return inOrder.flatMap((visit) => {
    const call = live.calls.find((c) => c.call_id === visit.call_id);
    if (!call) return [];
    const place = (position.get(visit.queue) ?? 0) + 1;
    position.set(visit.queue, place);
    const client = clientOf(live, call.caller_number);
    const offers = (live.legs.get(call.call_id) ?? []).filter(
      (leg) => leg.queue === visit.queue && leg.started_at >= visit.entered_at,
    );
    return [
      {
        call: call.call_id,
        position: place,
        number: call.caller_number,
        name: client?.name ?? (colleague(call, call.caller_number, live) || call.caller_name),
        vip: client?.vip ?? false,
        queue: visit.queue,
        queueTitle: settingsOf(live, visit.queue).title,
        since: fromDb(visit.entered_at),
        priority: visit.priority === null ? null : Number(visit.priority),
        offers: offers.length,
        ringing: offers.filter((leg) => leg.ended_at === null).map((leg) => leg.operator),
      },
    ];
  });
}

const NOBODY = { ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 };

function queuesNow(live: Live, operators: OperatorNow[], waiting: WaitingNow[]): QueueNow[] {
  const names = new Set([
    ...live.settings.keys(),
    ...queuesIn(live.named),
    ...live.today.queues.keys(),
    ...waiting.map((w) => w.queue),
    ...operators.flatMap((o) => o.queues),
  ]);
  return [...names].map((queue): QueueNow => {
    const settings = settingsOf(live, queue);
    const counts = live.today.queues.get(queue) ?? NO_VISITS;
    const here = waiting.filter((w) => w.queue === queue);
    const crew = { ...NOBODY };
    for (const operator of operators)
      if (operator.state !== 'offline' && operator.queues.includes(queue)) crew[operator.state] += 1;
    return {
      queue,
      title: settings.title,
      mark: nameMark(settings.title, live.named.queues.get(queue)),
      waiting: here.length,
      longestSince: here.length > 0 ? Math.min(...here.map((w) => w.since)) : null,
      crew,
      offered: counts.offered,
      answered: counts.answered,
      abandoned: counts.abandoned,
      shortAbandoned: counts.shortAbandoned,
      timeout: counts.timeout,
      serviceLevel: serviceLevel(counts),
      answerWithin: settings.answerWithin,
      target: settings.target,
    };
  });
}

function callNow(call: CallRow, live: Live): CallNow {
  const all = live.legs.get(call.call_id) ?? [];
  const legs = all.filter((leg) => leg.ended_at === null && leg.operator !== '');
  const talking = legs.filter(isTalking);
  const client = clientOf(live, call.direction === 'out' ? call.dialled : call.caller_number);
  return {
    call: call.call_id,
    direction: call.direction,
    from: call.caller_number,
    name: client?.name ?? call.caller_name,
    vip: client?.vip ?? false,
    to: call.dialled,
    toName: call.direction === 'in' ? numberName(live.named, call.dialled) : '',
    queue: call.queue,
    state: call.state,
    since: fromDb(call.state_since) ?? fromDb(call.started_at),
    startedAt: fromDb(call.started_at),
    operators: [...new Set((talking.length > 0 ? talking : legs).map((leg) => leg.operator))],
    channel: call.channel,
    odd: call.odd,
    source: all.length > 0 && all.every((leg) => leg.source === 'ami') ? 'ami' : 'hook',
    joined: live.joined.get(call.call_id) ?? 0,
  };
}

function totalsOf(live: Live, operators: OperatorNow[], waiting: WaitingNow[]): Totals {
  const counts = addCounts([...live.today.queues.values()]);
  const longest = waiting.reduce<WaitingNow | null>((a, b) => (a && a.since <= b.since ? a : b), null);
  const states = { offline: 0, ...NOBODY };
  for (const operator of operators) states[operator.state] += 1;
  const speed = answerSpeed(counts);
  const { talks } = live.today;
  return {
    waiting: waiting.length,
    longestSince: longest?.since ?? null,
    longestQueue: longest?.queueTitle ?? '',
    answered: counts.answered,
    abandoned: counts.abandoned,
    serviceLevel: serviceLevel(counts),
    asa: speed === null ? null : speed / 1000,
    aht: talks.n > 0 ? talks.ms / talks.n / 1000 : null,
    operators: states,
  };
}
