// A made-up call centre in the middle of a busy day: nobody in it exists.
import type {
  CallNow,
  OperatorNow,
  OperatorState,
  QueueNow,
  Snapshot,
  Totals,
  WaitingNow,
} from '../../src/call/live.js';
import type { RecentCall } from '../../src/web/deps.js';

type QueueLine = [
  queue: string,
  title: string,
  level: number | null,
  n: number,
  target: number,
  lost: [number, number, number],
];
// queue, title, service level, its n, target, [abandoned, short ones, offered]
const QUEUES: QueueLine[] = [
  ['support', 'Support', 71, 212, 80, [18, 3, 231]],
  ['sales', 'Sales', 84, 164, 80, [6, 1, 170]],
  ['billing', 'Billing', 93, 88, 80, [2, 0, 90]],
  ['delivery', 'Delivery', 89, 131, 80, [5, 2, 136]],
  ['vip', 'VIP line', 100, 12, 90, [0, 0, 12]],
  ['ru', 'Русская линия', 91, 97, 80, [3, 0, 100]],
  ['uz', 'Uzbek · O‘zbekcha', 78, 74, 80, [7, 1, 82]],
  ['returns', 'Returns', null, 0, 80, [0, 0, 0]],
];

type OperatorLine = [name: string, state: OperatorState, held: number, queue: string, queues: string, extra?: string];
// name, state, for how many seconds, queue of the call or '' (direct), queues served, reason of a pause
const OPERATORS: OperatorLine[] = [
  ['Alina R.', 'talking', 401, 'support', 'support,billing'],
  ['Bekzod T.', 'talking', 38, 'sales', 'sales,uz'],
  ['Carlos M.', 'ready', 12, '', 'delivery,billing'],
  ['Dilnoza A.', 'ringing', 7, 'delivery', 'delivery'],
  ['Elena V.', 'talking', 200, 'ru', 'ru,vip'],
  ['Farrukh J.', 'wrap_up', 24, 'support', 'support,uz'],
  ['Gulnara I.', 'talking', 1085, 'sales', 'sales'],
  ['Hasan O.', 'paused', 1_952, '', 'support,sales', 'lunch'],
  ['Irina P.', 'talking', 104, 'delivery', 'delivery,ru'],
  ['Jasur N.', 'ready', 125, '', 'billing,vip'],
  ['Kamila S.', 'talking', 51, 'support', 'support'],
  ['Lola M.', 'talking', 280, 'support', 'support,sales'],
  ['Maksim D.', 'wrap_up', 401, 'ru', 'ru'],
  ['Nodira H.', 'ready', 38, '', 'billing'],
  ['Otabek Y.', 'talking', 12, 'uz', 'uz'],
  ['Polina Z.', 'paused', 7, '', 'ru,sales', 'meeting'],
  ['Qodir E.', 'talking', 200, '', 'sales'],
  ['Rano F.', 'ready', 24, '', 'vip,billing'],
  ['Sergey L.', 'offline', 0, '', ''],
  ['Timur K.', 'talking', 552, 'uz', 'uz,support'],
  ['Umida B.', 'ringing', 4, 'support', 'support'],
  ['Viktor G.', 'talking', 125, 'sales', 'sales'],
  ['Ylena C.', 'ready', 51, '', 'delivery,vip'],
  ['Zafar U.', 'offline', 0, '', ''],
];

type WaitingLine = [number: string, name: string, queue: string, seconds: number, offers: number, vip?: boolean];
const WAITING: WaitingLine[] = [
  ['+998001231407', 'Aziza K.', 'support', 252, 3],
  ['+998001235521', '', 'support', 227, 2],
  ['+998001238033', 'Orion LLC', 'support', 178, 2, true],
  ['5550142', '', 'sales', 78, 1],
  ['+998001231096', 'Timur B.', 'support', 62, 1],
  ['5550178', '', 'uz', 41, 1],
  ['+998001237140', 'Nilufar S.', 'sales', 22, 1],
  ['5550119', '', 'delivery', 11, 0],
];

const CALLERS: [number: string, name: string, vip: boolean][] = [
  ['+998001234218', 'Aziza Karimova', true],
  ['5550131', '', false],
  ['+998001230007', 'Rustam Yuldashev', false],
  ['+998001237712', '', false],
  ['5550107', 'Orion LLC', false],
  ['+998001239901', 'Шахноза Алиева', false],
  ['5550163', '', false],
];

const second = 1_000;
const endpointOf = (index: number): string => String(101 + index);

function operators(now: number): OperatorNow[] {
  return OPERATORS.map(([name, state, held, queue, queues, reason = ''], index): OperatorNow => {
    const busy = state === 'talking' || state === 'ringing';
    const [party, partyName, partyVip] = CALLERS[index % CALLERS.length] ?? ['', '', false];
    const answered = 9 + ((index * 7) % 16);
    return {
      operator: endpointOf(index),
      ...{ name, state, reason, queue },
      since: state === 'offline' ? null : now - held * second,
      // Wrap-up has a minute; who has it for longer made it longer, and has 19 s left.
      until: state === 'wrap_up' ? now + (held < 60 ? 60 - held : 19) * second : null,
      queues: queues === '' ? [] : queues.split(','),
      call: busy ? `pbx1-17630000${index}.${index}` : '',
      channel: busy ? `PJSIP/${endpointOf(index)}-000000${index}` : '',
      party: busy ? party : '',
      partyName: busy ? partyName : '',
      partyVip: busy && partyVip,
      direction: busy ? (queue === '' ? 'out' : 'in') : '',
      waited: state === 'talking' && queue !== '' ? 38 * second : null,
      ...{ offered: answered + (index % 4), answered, missed: index % 4 },
    };
  });
}

function calls(now: number, all: OperatorNow[], waiting: WaitingNow[]): CallNow[] {
  const busy = all.filter((o) => o.call !== '');
  const talks = busy.map((o): CallNow => {
    const out = o.direction === 'out';
    return {
      call: o.call,
      direction: out ? 'out' : 'in',
      from: out ? o.operator : o.party,
      ...{ name: o.partyName, vip: o.partyVip, to: out ? o.party : '5551000', queue: o.queue },
      state: o.state === 'ringing' ? 'ringing' : 'talking',
      since: o.since ?? now,
      startedAt: (o.since ?? now) - 38 * second,
      operators: [o.operator],
      channel: `PJSIP/trunk-${o.operator}`,
      ...{ odd: '', source: 'hook', joined: 0 },
    };
  });
  const waits = waiting.map(
    (w): CallNow => ({
      ...{ call: w.call, direction: 'in', from: w.number, name: w.name, vip: w.vip, to: '5551000', queue: w.queue },
      ...{ state: 'waiting', since: w.since, startedAt: w.since - 9 * second, operators: [] },
      ...{ channel: `PJSIP/trunk-${w.call}`, odd: '', source: 'hook', joined: 0 },
    }),
  );
  // Not every call only talks or waits.
  const [first, second_, third, fourth] = talks;
  if (first) Object.assign(first, { state: 'held', since: now - 47 * second });
  if (second_) Object.assign(second_, { joined: 1 });
  if (third) Object.assign(third, { source: 'ami', odd: 'seen by comparison only' });
  if (fourth) Object.assign(fourth, { state: 'conference' });
  const parked: CallNow = {
    ...{ call: 'pbx1-1763000199.9', direction: 'in', from: '5550188', name: '', vip: false, to: '5551000', queue: '' },
    ...{ state: 'parked', since: now - 47 * second, startedAt: now - 130 * second, operators: [] },
    ...{ channel: 'PJSIP/trunk-000001f9', odd: '', source: 'hook', joined: 0 },
  };
  return [...talks, parked, ...waits].sort((a, b) => a.startedAt - b.startedAt);
}

function queues(all: OperatorNow[], waiting: WaitingNow[]): QueueNow[] {
  return QUEUES.map(([queue, title, level, n, target, [abandoned, shortAbandoned, offered]]): QueueNow => {
    const here = waiting.filter((w) => w.queue === queue);
    const crew = { ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 };
    for (const o of all) if (o.state !== 'offline' && o.queues.includes(queue)) crew[o.state] += 1;
    return {
      ...{ queue, title, crew, offered, abandoned, shortAbandoned, target },
      waiting: here.length,
      longestSince: here.length === 0 ? null : Math.min(...here.map((w) => w.since)),
      ...{ answered: offered - abandoned, timeout: 0, answerWithin: 20 },
      serviceLevel: level === null ? null : { value: level, n },
    };
  });
}

function totals(all: OperatorNow[], each: QueueNow[], waiting: WaitingNow[]): Totals {
  const states = { offline: 0, ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 };
  for (const o of all) states[o.state] += 1;
  const longest = [...waiting].sort((a, b) => a.since - b.since)[0];
  const sum = (of: (q: QueueNow) => number) => each.reduce((total, q) => total + of(q), 0);
  return {
    waiting: waiting.length,
    longestSince: longest?.since ?? null,
    longestQueue: longest?.queueTitle ?? '',
    ...{ answered: sum((q) => q.answered), abandoned: sum((q) => q.abandoned) },
    serviceLevel: { value: 82.4, n: sum((q) => q.serviceLevel?.n ?? 0) },
    ...{ asa: 16, aht: 228, operators: states },
  };
}

/** The busy day at `now`, ms: the same moment gives the same snapshot. */
export function busyDay(now: number): Snapshot {
  const all = operators(now);
  const waiting = WAITING.map(([number, name, queue, seconds, offers, vip = false], index): WaitingNow => {
    const ringing = all.filter((o) => o.state === 'ringing' && o.queue === queue).map((o) => o.operator);
    return {
      call: `pbx1-17630001${index}.${100 + index}`,
      position: index + 1,
      ...{ number, name, vip, queue, offers, priority: vip ? 10 : 0 },
      queueTitle: QUEUES.find(([id]) => id === queue)?.[1] ?? queue,
      since: now - seconds * second,
      ringing: index === 0 || queue === 'delivery' ? ringing : [],
    };
  });
  const each = queues(all, waiting);
  return {
    ...{ at: now, appliedAt: now - 340, lag: 0 },
    ...{ queues: each, waiting, operators: all, calls: calls(now, all, waiting) },
    totals: totals(all, each, waiting),
    ticker: [
      { at: now - 2 * second, queue: 'Support', text: 'offer to Farrukh J. rang out after 20 s' },
      { at: now - 7 * second, queue: 'Sales', text: 'Alina R. answered 5550131 after 0:09' },
      { at: now - 13 * second, queue: 'Support', text: 'caller +998001234218 gave up after 2:31' },
      { at: now - 21 * second, queue: '', text: 'Hasan O. paused: lunch' },
      { at: now - 28 * second, queue: 'Delivery', text: 'Carlos M. transferred 5550107 to Billing' },
    ],
  };
}

/** A centre that was installed a minute ago. */
export function emptyDay(now: number): Snapshot {
  const operators = { offline: 0, ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 };
  return {
    ...{ at: now, appliedAt: null, lag: 0, queues: [], waiting: [], operators: [], calls: [], ticker: [] },
    totals: {
      ...{ waiting: 0, longestSince: null, longestQueue: '', answered: 0, abandoned: 0 },
      ...{ serviceLevel: null, asa: null, aht: null, operators },
    },
  };
}

/** The same day with more operators, as a large centre has them. */
export function crowdedDay(now: number, count: number): Snapshot {
  const day = busyDay(now);
  const more = Array.from({ length: count }, (_, index): OperatorNow => {
    const like = day.operators[index % day.operators.length] ?? day.operators[0];
    if (like === undefined) throw new Error('the busy day has no operators');
    return {
      ...like,
      operator: endpointOf(index),
      name: `${like.name.slice(0, -2)}${String.fromCharCode(65 + (index % 26))}.`,
    };
  });
  const operators = { offline: 0, ready: 0, ringing: 0, talking: 0, wrap_up: 0, paused: 0 };
  for (const o of more) operators[o.state] += 1;
  return { ...day, operators: more, totals: { ...day.totals, operators } };
}

/** One operator's calls of the day. */
export function recentCalls(now: number): RecentCall[] {
  const minute = 60 * second;
  const line = (
    ago: number,
    direction: RecentCall['direction'],
    party: string,
    name: string,
    queue: string,
    outcome: string,
    talk: number | null,
  ): RecentCall => ({
    ...{ call: `pbx1-1763${ago}.1`, at: now - ago * minute, direction, party, name, queue, outcome },
    ...{ vip: name === 'Orion LLC', talk: talk === null ? null : talk * second },
  });
  return [
    line(6, 'in', '+998001234218', 'Aziza Karimova', 'support', 'answered', 192),
    line(14, 'in', '5550163', '', 'support', 'rang_out', null),
    line(22, 'out', '+998001230007', 'Rustam Yuldashev', '', 'answered', 64),
    line(31, 'in', '5550107', 'Orion LLC', 'billing', 'answered', 305),
    line(47, 'internal', '112', '', '', 'answered', 21),
    line(58, 'out', '5550199', '', '', 'busy', null),
    line(75, 'in', '+998001239901', 'Шахноза Алиева', 'support', 'answered', 488),
    line(91, 'in', '+998001237712', '', 'support', 'caller_gone', null),
  ];
}
