// Pure. The rows and tiles of the monitor, one function each.
import { hash } from 'node:crypto';
import type { CallNow, OperatorNow, QueueNow, Snapshot, WaitingNow } from '../call/live.js';
import { type Alarm, LONG_TALK_MS, waitLevel } from './alarms.js';
import { DASH, inWords, nameIn, percent, phone, storyPath } from './format.js';
import { callSign, operatorSign, stateSign } from './state.js';

export interface RowOptions {
  alarms: ReadonlyMap<string, Alarm>;
  /** The moment of the snapshot, ms. */
  now: number;
  /** Writes a caller's number, masked or not. */
  write(number: string): string;
  /** A pause longer than this is marked, ms. */
  longPause: number;
  /** Names of operators by endpoint, titles of queues by name. */
  names: ReadonlyMap<string, string>;
  titles: ReadonlyMap<string, string>;
}

/** A share for a figure and a bar; null without data. */
export const share = (ratio: { value: number; n: number } | null) =>
  ratio === null ? null : { percent: percent(ratio.value), width: Math.min(100, Math.max(0, ratio.value)), n: ratio.n };

export function queueTile(q: QueueNow, { alarms, now }: RowOptions) {
  const alarm = alarms.get(q.queue);
  const level = alarm?.level ?? 'calm';
  const hot = q.waiting > 0 && level !== 'calm';
  return {
    queue: q.queue,
    id: domId('q', q.queue),
    title: q.title || q.queue,
    mark: q.mark ?? '',
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
    offered: q.offered - q.shortAbandoned,
    abandoned: q.abandoned - q.shortAbandoned,
    short: q.shortAbandoned,
  };
}

export function waitingRow(w: WaitingNow, snapshot: Snapshot, { now, write }: RowOptions) {
  const within = snapshot.queues.find((q) => q.queue === w.queue)?.answerWithin ?? 20;
  return {
    id: domId('w', `${w.call} ${w.queue}`),
    call: w.call,
    story: storyPath(w.call),
    level: waitLevel(w.since, within, now),
    position: w.position,
    number: write(w.number) || 'no number',
    name: nameIn(w.name, write) || DASH,
    vip: w.vip,
    queue: w.queueTitle || w.queue,
    since: w.since,
    offers: w.offers,
    ringing: w.ringing.join(', '),
  };
}

/** Why a state is worth a look; empty while it is not. */
function tooLong({ state }: OperatorNow, held: number, longPause: number): string {
  if (state === 'talking' && held >= LONG_TALK_MS) return `talks for more than ${inWords(LONG_TALK_MS)}`;
  return state === 'paused' && held >= longPause ? `paused for more than ${inWords(longPause)}` : '';
}

export function operatorTile(o: OperatorNow, { titles, now, write, longPause }: RowOptions) {
  const sign = operatorSign(o);
  const held = o.since === null ? 0 : now - o.since;
  const busy = o.state === 'talking' || o.state === 'ringing';
  const where = titles.get(o.queue) ?? (o.direction === 'out' ? 'outgoing' : o.direction === '' ? '' : 'direct');
  return {
    id: domId('o', o.operator),
    operator: o.operator,
    name: o.name || o.operator,
    mark: o.mark ?? '',
    state: o.state,
    sign,
    since: o.state === 'offline' ? null : o.since,
    until: o.until,
    long: tooLong(o, held, longPause),
    gone: o.state === 'offline',
    call: busy ? o.call : '',
    party: busy ? [nameIn(o.partyName, write), write(o.party)].filter(Boolean).join(' · ') : '',
    queues: o.queues.map((q) => titles.get(q) ?? q).join(', '),
    note: busy || o.state === 'wrap_up' ? where : o.state === 'ready' ? `${o.answered} today` : '',
    offered: o.offered,
    answered: o.answered,
    missed: o.missed,
  };
}

const STANDS: ReadonlySet<CallNow['state']> = new Set(['held', 'parked']);

/** What is not as with other calls: sign, word, and the sentence behind it. */
export function callMarks({ source, joined, odd }: Pick<CallNow, 'source' | 'joined' | 'odd'>) {
  const marks: { icon: string; word: string; why: string }[] = [];
  if (source === 'ami') {
    const why =
      'No hook announced this call. It was found by comparing with the PBX: what came before that is not known.';
    marks.push({ icon: 'seen', word: 'seen by comparison', why });
  }
  if (joined > 0) {
    const why = `${joined + 1} calls became one: by a transfer, or because somebody took a parked or a ringing call.`;
    marks.push({ icon: 'joined', word: `${joined + 1} calls in one`, why });
  }
  if (odd !== '') marks.push({ icon: 'warn', word: 'odd', why: odd });
  return marks;
}

/** A number of ours that was called: what it is for, and the number itself. */
export const ownNumber = ({ to, toName }: Pick<CallNow, 'to' | 'toName'>): string =>
  toName ? `${toName} ${phone(to)}` : phone(to);

export function callRow(c: CallNow, { names, titles, write }: RowOptions) {
  const who = (number: string) => {
    const name = names.get(number);
    return name === undefined ? write(number) : `${name} ${number}`;
  };
  const out = c.direction === 'out';
  // Whoever calls from outside chooses the number: it makes no operator of him.
  const ours = c.direction !== 'in' && names.has(c.from);
  return {
    id: domId('c', c.call),
    call: c.call,
    icon: c.direction === 'in' ? 'in' : out ? 'out' : 'internal',
    direction: c.direction,
    from: (ours ? who(c.from) : write(c.from)) || 'no number',
    // The number called from outside is our own: nothing to hide.
    to: (c.direction === 'in' ? (names.get(c.to) ?? phone(c.to)) : who(c.to)) || DASH,
    // The client is the one who calls, or whom we call.
    fromName: out || ours ? '' : nameIn(c.name, write),
    fromVip: !out && c.vip,
    toName: out ? nameIn(c.name, write) : (c.toName ?? ''),
    toVip: out && c.vip,
    queue: c.queue === '' ? DASH : (titles.get(c.queue) ?? c.queue),
    sign: callSign(c),
    // A caller who hears music is worth knowing how long.
    since: STANDS.has(c.state) ? c.since : null,
    story: storyPath(c.call),
    marks: callMarks(c),
    startedAt: c.startedAt,
    operators: c.operators.map((o) => names.get(o) ?? o).join(', ') || DASH,
  };
}

/**
 * Adds to a row what it says in short: the browser leaves a row alone whose `v` it has already, without looking into it.
 */
export const versioned = <T extends object>(row: T): T & { v: string } => ({
  ...row,
  v: hash('sha1', JSON.stringify(row), 'base64url').slice(0, 10),
});

/** A name as an id of the page: unlike names stay unlike, whatever they hold. */
export function domId(kind: string, name: string): string {
  return `${kind}-${/^[\w.-]+$/.test(name) ? name : Buffer.from(name).toString('hex')}`;
}
