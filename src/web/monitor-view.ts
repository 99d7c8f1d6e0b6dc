// Pure. A snapshot as the monitor shows it. Nothing in it depends on the second it is made in: running times are
// sent as the moment they began, and the browser counts.
import { createHash } from 'node:crypto';
import type { CallNow, OperatorNow, QueueNow, Snapshot, WaitingNow } from '../call/live.js';
import { type Alarm, LONG_PAUSE_MS, LONG_TALK_MS, rank, waitLevel } from './alarms.js';
import { DASH, maskedPhone, percent, phone, phonesIn, seconds } from './format.js';
import { callSign, operatorSign, STATE_ORDER, stateSign } from './state.js';

/** Rows of a list at most; the rest is counted. */
const MOST = 200;
/** From here on the operators' tiles are drawn in one line each, so that sixty fit one screen. */
const CROWD = 36;

export interface MonitorOptions {
  masked: boolean;
  alarms: ReadonlyMap<string, Alarm>;
  /** The alarm over all queues, for the strip. */
  now: number;
  clock(at: number): string;
}

export type MonitorView = ReturnType<typeof monitorView>;

/** Everything on the monitor, ready for the template. */
export function monitorView(snapshot: Snapshot, options: MonitorOptions) {
  const names = new Map(snapshot.operators.map((o) => [o.operator, o.name || o.operator]));
  const titles = new Map(snapshot.queues.map((q) => [q.queue, q.title || q.queue]));
  const write = options.masked ? maskedPhone : phone;
  const queues = tiles(snapshot.queues, options);
  const online = snapshot.operators.length - snapshot.totals.operators.offline;
  return {
    strip: strip(snapshot, queues),
    queues,
    alarms: queues.filter((q) => q.level !== 'calm').length,
    red: queues.filter((q) => q.level === 'red').map((q) => `${q.title}: ${q.reason}`),
    waiting: snapshot.waiting.slice(0, MOST).map((w) => versioned(waitingRow(w, snapshot, options, write))),
    waitingMore: Math.max(0, snapshot.waiting.length - MOST),
    operators: [...snapshot.operators]
      .sort(byPresence)
      .map((o) => versioned(operatorTile(o, titles, options.now, write))),
    crowd: snapshot.operators.length > CROWD,
    legend: STATE_ORDER.map((state) => ({ ...stateSign(state), count: snapshot.totals.operators[state] })),
    online,
    calls: snapshot.calls.slice(0, MOST).map((c) => versioned(callRow(c, names, titles, write))),
    callsMore: Math.max(0, snapshot.calls.length - MOST),
    counts: {
      waiting: snapshot.waiting.length,
      operators: snapshot.operators.length,
      calls: snapshot.calls.length,
      queues: snapshot.queues.length,
    },
    ticker: snapshot.ticker.slice(0, 12).map((line) => ({
      at: options.clock(line.at),
      queue: titles.get(line.queue) ?? line.queue,
      text: phonesIn(line.text, write),
    })),
  };
}

function strip({ totals, queues: all }: Snapshot, queues: QueueTile[]) {
  const longest = queues.find((q) => q.longestSince !== null && q.longestSince === totals.longestSince);
  const { operators } = totals;
  const online = STATE_ORDER.reduce((sum, s) => sum + (s === 'offline' ? 0 : operators[s]), 0);
  const offered = all.reduce((sum, q) => sum + q.offered - q.shortAbandoned, 0);
  const lost = all.reduce((sum, q) => sum + q.abandoned - q.shortAbandoned, 0);
  return {
    waiting: totals.waiting,
    // More callers than free operators: worth a look, while red is kept for those who wait too long.
    waitingLevel: totals.waiting > operators.ready ? 'amber' : 'calm',
    longestSince: totals.longestSince,
    longestLevel: longest && longest.waiting > 0 ? longest.waitLevel : 'calm',
    longestQueue: longest?.title ?? totals.longestQueue,
    service: share(totals.serviceLevel),
    answered: totals.answered,
    abandoned: totals.abandoned,
    abandonRate: offered > 0 ? { percent: percent((lost / offered) * 100), n: offered } : null,
    asa: seconds(totals.asa),
    aht: seconds(totals.aht),
    online,
    ready: operators.ready,
    paused: operators.paused,
  };
}

const share = (ratio: { value: number; n: number } | null) =>
  ratio === null ? null : { percent: percent(ratio.value), width: Math.min(100, Math.max(0, ratio.value)), n: ratio.n };

export type QueueTile = ReturnType<typeof tile> & { v: string };

/** Most urgent first: red, amber, calm; those with an alarm by their longest wait, the calm ones by name, which never jumps. */
function tiles(queues: readonly QueueNow[], options: MonitorOptions): QueueTile[] {
  const urgent = (a: QueueTile, b: QueueTile) =>
    rank(b.level) - rank(a.level) ||
    (a.level === 'calm' ? 0 : (a.longestSince ?? Infinity) - (b.longestSince ?? Infinity)) ||
    a.title.localeCompare(b.title) ||
    a.queue.localeCompare(b.queue);
  // Infinity − Infinity is NaN, which is false: two queues without a wait go by name.
  return queues.map((q) => versioned(tile(q, options))).sort(urgent);
}

function tile(q: QueueNow, { alarms, now }: MonitorOptions) {
  const alarm = alarms.get(q.queue);
  const level = alarm?.level ?? 'calm';
  const hot = q.waiting > 0 && level !== 'calm';
  return {
    queue: q.queue,
    id: domId('q', q.queue),
    title: q.title || q.queue,
    level,
    reason: alarm?.reason ?? '',
    hot,
    waiting: q.waiting,
    longestSince: q.longestSince,
    waitLevel: waitLevel(q.longestSince, q.answerWithin, now),
    service: share(q.serviceLevel),
    target: q.target,
    answerWithin: q.answerWithin,
    crew: (['ready', 'ringing', 'talking', 'wrap_up', 'paused'] as const).map((state) => ({
      ...stateSign(state),
      count: q.crew[state],
    })),
    offered: q.offered,
    abandoned: q.abandoned,
    short: q.shortAbandoned,
  };
}

function waitingRow(w: WaitingNow, snapshot: Snapshot, { now }: MonitorOptions, write: (n: string) => string) {
  const within = snapshot.queues.find((q) => q.queue === w.queue)?.answerWithin ?? 20;
  return {
    id: domId('w', `${w.call} ${w.queue}`),
    call: w.call,
    level: waitLevel(w.since, within, now),
    position: w.position,
    number: write(w.number) || 'no number',
    name: w.name || DASH,
    vip: w.vip,
    queue: w.queueTitle || w.queue,
    since: w.since,
    offers: w.offers,
    ringing: w.ringing.join(', '),
  };
}

function operatorTile(o: OperatorNow, titles: Map<string, string>, now: number, write: (n: string) => string) {
  const sign = operatorSign(o);
  const held = o.since === null ? 0 : now - o.since;
  const busy = o.state === 'talking' || o.state === 'ringing';
  const where = titles.get(o.queue) ?? (o.direction === 'out' ? 'outgoing' : o.direction === '' ? '' : 'direct');
  return {
    id: domId('o', o.operator),
    operator: o.operator,
    name: o.name || o.operator,
    state: o.state,
    sign,
    since: o.state === 'offline' ? null : o.since,
    long: (o.state === 'talking' && held >= LONG_TALK_MS) || (o.state === 'paused' && held >= LONG_PAUSE_MS),
    gone: o.state === 'offline',
    call: busy ? o.call : '',
    party: busy ? [o.partyName, write(o.party)].filter(Boolean).join(' · ') : '',
    queues: o.queues.map((q) => titles.get(q) ?? q).join(', '),
    note: busy ? where : o.state === 'ready' ? `${o.answered} today` : '',
    offered: o.offered,
    answered: o.answered,
    missed: o.missed,
  };
}

const byPresence = (a: OperatorNow, b: OperatorNow): number =>
  Number(a.state === 'offline') - Number(b.state === 'offline') ||
  a.name.localeCompare(b.name) ||
  a.operator.localeCompare(b.operator);

function callRow(c: CallNow, names: Map<string, string>, titles: Map<string, string>, write: (n: string) => string) {
  const who = (number: string) => {
    const name = names.get(number);
    return name === undefined ? write(number) : `${name} ${number}`;
  };
  return {
    id: domId('c', c.call),
    call: c.call,
    icon: c.direction === 'in' ? 'in' : c.direction === 'out' ? 'out' : 'internal',
    direction: c.direction,
    from: who(c.from) || 'no number',
    name: names.has(c.from) ? '' : c.name,
    vip: c.vip,
    // The number called from outside is our own: nothing to hide.
    to: (c.direction === 'in' ? (names.get(c.to) ?? phone(c.to)) : who(c.to)) || DASH,
    queue: c.queue === '' ? DASH : (titles.get(c.queue) ?? c.queue),
    sign: callSign(c.state),
    since: c.since,
    startedAt: c.startedAt,
    operators: c.operators.map((o) => names.get(o) ?? o).join(', ') || DASH,
    odd: c.odd,
  };
}

/**
 * Adds to a row what it says in short: the browser leaves a row alone whose `v` it has already, without looking into it.
 */
export const versioned = <T extends object>(row: T): T & { v: string } => ({
  ...row,
  v: createHash('sha1').update(JSON.stringify(row)).digest('base64url').slice(0, 10),
});

/** A name as an id of the page: unlike names stay unlike, whatever they hold. */
export function domId(kind: string, name: string): string {
  return `${kind}-${/^[\w.-]+$/.test(name) ? name : Buffer.from(name).toString('hex')}`;
}
