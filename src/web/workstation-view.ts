// Pure. A snapshot as one operator's workstation shows it, and the colleagues that all workstations share.
import type { CallNow, CallState, OperatorNow, Snapshot } from '../call/live.js';
import type { RecentCall } from './deps.js';
import { initials, inWords, maskedPhone, nameIn, phone, storyPath } from './format.js';
import { domId, ownNumber, versioned } from './monitor-rows.js';
import { callSign, directionIcon, isMissed, operatorSign, outcomeWords, stateSign } from './state.js';

export interface WorkstationOptions {
  operator: string;
  masked: boolean;
  recent: readonly RecentCall[];
  /** What is known of the number in the call, beyond the snapshot. */
  client: { name: string; company: string; vip: boolean } | null;
  clock(at: number): string;
}

const UNKNOWN: Omit<OperatorNow, 'operator'> = {
  ...{ name: '', state: 'offline', since: null, reason: '', until: null, queues: [], call: '', channel: '', queue: '' },
  ...{ party: '', partyName: '', partyVip: false, direction: '', waited: null, offered: 0, answered: 0, missed: 0 },
};

/** The operator of a workstation as the snapshot has them; offline when it has not met them yet. */
export const operatorOf = (snapshot: Snapshot, operator: string): OperatorNow =>
  snapshot.operators.find((o) => o.operator === operator) ?? { operator, ...UNKNOWN };

export type WorkstationView = ReturnType<typeof workstationView>;

/** Everything that is this operator's own. */
export function workstationView(snapshot: Snapshot, options: WorkstationOptions) {
  const me = operatorOf(snapshot, options.operator);
  const card = callCard(snapshot, me, options);
  const sign = operatorSign(me);
  const write = options.masked ? maskedPhone : phone;
  const waiting = snapshot.waiting.filter((w) => me.queues.includes(w.queue));
  return {
    me: {
      ...{ operator: me.operator, state: me.state, sign, since: me.since, reason: me.reason, until: me.until },
      // A pause asked for in the middle of a call, or of the wrap-up, begins after it.
      pausedNext: me.reason !== '' && ['talking', 'ringing', 'wrap_up'].includes(me.state),
      pausedFor: me.state === 'paused' ? me.reason : '',
      ...can(me),
    },
    title: card === null ? sign.word : `${card.sign.word}: ${card.name || card.number}`,
    card,
    wrap: wrapUp(snapshot, me, options),
    queues: snapshot.queues
      .filter((q) => me.queues.includes(q.queue))
      .map((q) => ({ ...q, id: domId('mq', q.queue), title: q.title || q.queue })),
    waiting: waiting.slice(0, 50).map((w) => ({
      id: domId('mw', `${w.call} ${w.queue}`),
      position: w.position,
      number: w.ringing.includes(me.operator) ? phone(w.number) : write(w.number) || 'no number',
      name: w.ringing.includes(me.operator) ? w.name : nameIn(w.name, write),
      vip: w.vip,
      queue: w.queueTitle || w.queue,
      since: w.since,
    })),
    waitingMore: Math.max(0, waiting.length - 50),
    day: { offered: me.offered, answered: me.answered, missed: me.missed },
    recent: options.recent.map((r) => recentRow(r, snapshot, options.clock)),
  };
}

/** Which changes of state make sense now. */
function can({ state }: OperatorNow) {
  const busy = state === 'talking' || state === 'ringing';
  return {
    canLogin: state === 'offline',
    canReady: state === 'paused',
    // In a pause: another reason, which begins a new stretch of it.
    canPause: state !== 'offline',
    canLogout: state === 'ready' || state === 'paused' || state === 'wrap_up',
    busy,
  };
}

/** The time after a talk: how long it still is, for which queue, and the call it is about. Null in every other state. */
function wrapUp(snapshot: Snapshot, me: OperatorNow, { recent, clock }: WorkstationOptions) {
  if (me.state !== 'wrap_up') return null;
  const since = me.since ?? snapshot.at;
  const last = recent.find((r) => r.talk !== null && r.at <= since);
  return {
    queue: snapshot.queues.find((q) => q.queue === me.queue)?.title ?? me.queue,
    since: me.since,
    until: me.until,
    whole: me.until === null ? 0 : Math.max(1, me.until - since),
    call: last === undefined ? null : recentRow(last, snapshot, clock),
  };
}

function callCard(snapshot: Snapshot, me: OperatorNow, { client }: WorkstationOptions) {
  if (me.call === '') return null;
  const call = snapshot.calls.find((c) => c.call === me.call);
  const visit = snapshot.waiting.find((w) => w.call === me.call);
  const name = client?.name || me.partyName;
  const colleague = colleagueOf(snapshot, me.party, me.direction);
  const queue = snapshot.queues.find((q) => q.queue === me.queue);
  return {
    call: me.call,
    name: name || colleague,
    number: phone(me.party) || 'no number',
    rawNumber: me.party,
    company: client?.company ?? '',
    vip: me.partyVip || client?.vip === true,
    face: initials(name || colleague),
    queue: queue?.title ?? me.queue,
    direction: directionWords(me, call),
    dialled: call && me.direction === 'in' ? ownNumber(call) : '',
    state: me.state,
    sign: call !== undefined && SAYS_MORE.has(call.state) ? callSign(call) : stateSign(me.state),
    since: call !== undefined && call.state === 'held' ? call.since : me.since,
    story: storyPath(me.call),
    // Of a queue only: a call that rings directly has waited for as long as it rings, and that is shown already.
    waitingSince: visit?.since ?? null,
    waited: me.waited === null ? '' : inWords(me.waited),
  };
}

/** The colleague of a number. Nobody for a call from outside: whoever calls chooses the number, and would be taken for a colleague. */
const colleagueOf = (snapshot: Snapshot, number: string, direction: OperatorNow['direction']): string =>
  direction === 'in' ? '' : (snapshot.operators.find((o) => o.operator === number)?.name ?? '');

/** States of a call that tell the operator more than "talking" does. */
const SAYS_MORE: ReadonlySet<CallState> = new Set(['dialling', 'held', 'conference', 'menu', 'voicemail']);

function directionWords(me: OperatorNow, call: CallNow | undefined): string {
  if (me.direction === 'internal') return 'from inside';
  if (me.direction === 'out') return 'outgoing';
  return call !== undefined && me.queue === '' ? 'direct' : '';
}

function recentRow(r: RecentCall, snapshot: Snapshot, clock: (at: number) => string) {
  const colleague = colleagueOf(snapshot, r.party, r.direction);
  const missed = r.talk === null && r.direction === 'in' && isMissed(r.outcome);
  return {
    id: domId('r', `${r.call}-${r.at}`),
    at: clock(r.at),
    icon: directionIcon(r.direction, missed),
    missed,
    story: storyPath(r.call),
    number: phone(r.party) || 'no number',
    dial: /^[+*#\d]+$/.test(r.party) ? r.party : '',
    name: r.name || colleague,
    vip: r.vip,
    queue: snapshot.queues.find((q) => q.queue === r.queue)?.title ?? r.queue,
    outcome: r.talk === null ? outcomeWords(r.outcome) : inWords(r.talk),
  };
}

/** All operators as each workstation lists them: who can be reached first, then by name. */
export function colleaguesView(snapshot: Snapshot) {
  const all = [...snapshot.operators].sort(
    (a, b) =>
      Number(a.state === 'offline') - Number(b.state === 'offline') ||
      a.name.localeCompare(b.name) ||
      a.operator.localeCompare(b.operator),
  );
  return {
    online: all.filter((o) => o.state !== 'offline').length,
    count: all.length,
    colleagues: all.map((o) =>
      versioned({
        id: domId('p', o.operator),
        operator: o.operator,
        name: o.name || o.operator,
        sign: operatorSign(o),
        at: o.state === 'offline' ? null : o.since,
        until: o.until,
      }),
    ),
  };
}
