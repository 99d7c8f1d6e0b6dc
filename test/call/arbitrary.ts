// Events for property tests: senseless ones, where only the form is right, and whole centres' days, where things happen as
// they can on a PBX. Both use few names, so that they get in each other's way.
import fc from 'fast-check';
import { type CallEvent, EVENTS, type EventKind, formatLine, parseLine } from '../../src/call/event.js';

export const T0 = Date.UTC(2026, 0, 15, 8, 0, 0);
const KINDS = Object.keys(EVENTS) as EventKind[];

type Fields = Record<string, string | number>;

/** A checked event, by way of the line: what the fold never gets from outside it does not get here. */
export function eventOf(fields: Fields): CallEvent {
  const parsed = parseLine(formatLine({ v: 1, pbx: 'pbx1', ...fields }));
  if (!parsed.ok) throw new Error(`${parsed.refusal.reason} in ${JSON.stringify(fields)}`);
  return parsed.event;
}

const of = (...words: string[]) => fc.constantFrom(...words);
const CHANNELS = [
  'PJSIP/101-1',
  'PJSIP/102-2',
  'PJSIP/103-3',
  'PJSIP/trunk-4',
  'Local/5@dialhook-transfer-5;1',
  'Local/5@dialhook-transfer-5;2',
];
const UNIQUEIDS = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6'];
const CALLS = ['pbx1-u1', 'pbx1-u2', 'pbx1-u3'];
const WHOLE = of('0', '1', '16', '17', '26', '127', '-1');
const ID = fc.constantFrom('', ...UNIQUEIDS);

/** What a field may hold, by its name; `kind.field` where a name means two things. */
const VALUES: Record<string, fc.Arbitrary<string>> = {
  channel: of(...CHANNELS),
  uniqueid: of(...UNIQUEIDS),
  linkedid: ID,
  call: of(...CALLS),
  source: of('hook', 'ami', 'server'),
  direction: of('in', 'out', 'internal'),
  side: of('caller', 'callee'),
  kind: of('blind', 'attended'),
  result: of('begun', 'ok', 'failed', 'returned'),
  role: of('leader', 'member'),
  mode: of('listen', 'whisper', 'barge'),
  how: of('done', 'timeout', 'lost'),
  until: fc.nat(60).map((s) => String(T0 + s * 1000)),
  since: fc.nat(20).map((s) => String(T0 + s * 1000)),
  by: of('', ...CHANNELS),
  blind: of('', ...CHANNELS),
  attended: of('', ...CHANNELS),
  dialler: ID,
  target: ID,
  'spy.target': of('101', '102'),
  'click.target': of('', '101', '+998000000142'),
  parked: ID,
  picked: ID,
  other: of('', ...CALLS),
  parent: of('', 'pbx2-u9'),
  bridge: of('', 'b1', 'b2'),
  endpoint: of('101', '102', '103', 'trunk'),
  operator: of('101', '102', '103'),
  queue: of('sales', 'support'),
  cause: WHOLE,
  length: WHOLE,
  priority: WHOLE,
  position: WHOLE,
  waiting: WHOLE,
  timeout: WHOLE,
  tech: of('', 'SIP 180 Ringing', 'SIP 486 Busy Here', 'SIP 603 Decline'),
  status: of('', 'ANSWER', 'NOANSWER', 'BUSY', 'CANCEL', 'TIMEOUT', 'JOINEMPTY', 'SUCCESS', 'FAILED'),
  dialstatus: of('', 'ANSWER', 'NOANSWER', 'BUSY', 'CHANUNAVAIL', 'CANCEL'),
  queuestatus: of('', 'CONTINUE', 'TIMEOUT', 'LEAVEEMPTY'),
  abandoned: of('', 'TRUE'),
  trunk: of('', 'trunk'),
  device: of('', 'not_inuse', 'inuse'),
};
const WORD = of('101', '701', 'main', 'x');
/** Instants lie close together: many share a millisecond. */
const AT = fc.integer({ min: 0, max: 40 }).map((tick) => T0 + tick * 500);

const fieldsOf = (kind: EventKind): fc.Arbitrary<Fields> => {
  const names = Object.keys(EVENTS[kind].shape).filter((name) => !['v', 'id', 'at', 'pbx', 'event'].includes(name));
  return fc.record(Object.fromEntries(names.map((name) => [name, VALUES[`${kind}.${name}`] ?? VALUES[name] ?? WORD])));
};

/** Any events of any kinds, in any order of time. */
export const anyEvents: fc.Arbitrary<CallEvent[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom(...KINDS).chain((kind) => fieldsOf(kind).map((fields) => ({ ...fields, event: kind }))),
      AT,
    ),
    { maxLength: 40 },
  )
  .map((drawn) => drawn.map(([fields, at], n) => eventOf({ ...fields, at, id: `e-${n}` })));
