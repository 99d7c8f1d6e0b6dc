// Pure. What Asterisk itself brings into an event: channel names, unique ids, the clock, the hook's way and its line.
// It writes the same fields in the same order as dialplan/dialhook-send.conf.
import { type EventKind, formatLine } from '../call/event.js';

type Fields = Record<string, string | number | null | undefined>;

/** The id that all channels of a call share; `lastAt` keeps the events of one call apart by a millisecond at least. */
export interface CallKey {
  id: string;
  lastAt: number;
}

export interface SimChannel {
  name: string;
  uniqueid: string;
  endpoint: string;
  number: string;
  callerName: string;
  dnid: string;
  key: CallKey;
  /** The oldest channel that this one was ever together with: an attended transfer or a retrieved call changes it. */
  linkedid: string;
  /** Its hangup handler has run. */
  ended: boolean;
  /** What the hangup handler does before it tells the end. */
  leaving: (() => void) | null;
  /** The Asterisk thread its hooks run in, named by a uniqueid: a device that is not yet bridged runs in the caller's. */
  thread: string;
  /** Events sent so far; part of the event's id. */
  sent: number;
}

/** One request that Asterisk makes, and when. */
export interface Planned {
  /** Milliseconds since the epoch, by the PBX's clock. */
  at: number;
  kind: EventKind | 'lookup';
  /** main: bounded, on the main line of a call; side: in b(), U(), membergosub and hangup handlers. */
  way: 'main' | 'side';
  /** In a hangup handler, or after it: the channel is dead. */
  dead: boolean;
  thread: string;
  channel: Readonly<Pick<SimChannel, 'name' | 'uniqueid' | 'number' | 'callerName' | 'dnid'>>;
  /** All fields of the line but `id` and `at`. */
  fields: Fields;
  /** Counts this channel's events, as DH_N does. */
  n: number;
}

const MAIN = new Set<EventKind>([
  'call',
  'unrouted',
  'dial',
  'dialed',
  'enter',
  'leave',
  'menu',
  'transfer',
  'park',
  'retrieve',
  'comeback',
  'voicemail',
  'login',
  'logout',
  'pause',
  'unpause',
  'wrapped',
]);

/** The event line (or the lookup's question) of a planned request. `at` may be given anew, for a load test. */
export function lineOf(planned: Planned, at = planned.at): string {
  const { fields, n } = planned;
  if (planned.kind === 'lookup') return encode(formatLine(fields));
  const { v, ...rest } = fields;
  // What lies ahead of the event moves with it.
  if (rest['until']) rest['until'] = Number(rest['until']) + at - planned.at;
  return encode(
    formatLine({ v, id: `${fields['pbx']}-${planned.channel.uniqueid}-${planned.kind}-${at}-${n}`, at, ...rest }),
  );
}

/** URIENCODE() writes a space as %20, never as +. */
const encode = (line: string) => line.replaceAll('+', '%20');

export interface Pbx {
  /** A channel of a new call. */
  start(endpoint: string, who: { number: string; name: string; dnid: string }): SimChannel;
  /** A further channel of the call of `caller`: a device or a trunk that it rings. */
  ring(caller: SimChannel, endpoint: string, number: string, name: string): SimChannel;
  /** Half `;2` of a Local channel that runs an extension of its own, for the call whose id it was given. */
  local(place: string, key: CallKey): SimChannel;
  /** Runs a hook on a channel; `handler`: in its hangup handler, before `end`. */
  hook(channel: SimChannel, kind: EventKind, fields: Fields, handler?: boolean): void;
  lookup(channel: SimChannel): void;
  /** Takes what was sent since the last time. */
  take(): Planned[];
}

/** @param clock milliseconds since the epoch */
export function createPbx(name: string, clock: () => number): Pbx {
  const open = opener(name, clock);
  let out: Planned[] = [];
  // What is said of an operator comes from many channels, and keeps its order too.
  const operators = new Map<string, number>();
  const send = (channel: SimChannel, request: Pick<Planned, 'kind' | 'way' | 'dead' | 'fields'>) => {
    const operator = request.fields['operator'];
    const after = Math.max(channel.key.lastAt, operators.get(String(operator)) ?? 0);
    const at = Math.max(Math.round(clock()), after + 1);
    channel.key.lastAt = at;
    if (operator) operators.set(String(operator), at);
    out.push({ at, ...request, thread: channel.thread, channel, n: channel.sent });
  };
  return {
    start: (endpoint, { number, name: callerName, dnid }) => open.phone(endpoint, { number, callerName, dnid }),
    ring: (caller, endpoint, number, callerName) => open.phone(endpoint, { number, callerName, dnid: '' }, caller),
    local: open.local,
    hook(channel, kind, fields, handler = false) {
      channel.sent += 1;
      channel.ended ||= kind === 'end';
      const dead = channel.ended || handler;
      const { name: channelName, uniqueid, linkedid, key } = channel;
      const common = { v: 1, pbx: name, call: key.id, event: kind, channel: channelName, uniqueid, linkedid };
      send(channel, { kind, way: MAIN.has(kind) && !dead ? 'main' : 'side', dead, fields: { ...common, ...fields } });
    },
    lookup(channel) {
      const fields = { number: channel.number, call: channel.key.id };
      send(channel, { kind: 'lookup', way: 'main', dead: false, fields });
    },
    take() {
      const taken = out;
      out = [];
      return taken;
    },
  };
}

type Who = Pick<SimChannel, 'number' | 'callerName' | 'dnid'>;

interface Opener {
  phone(endpoint: string, who: Who, caller?: SimChannel): SimChannel;
  local(place: string, key: CallKey): SimChannel;
}

/**
 * Unique ids are `<epoch second>.<count of all channels>`; names `PJSIP/<endpoint>-<count of PJSIP channels>` and
 * `Local/<place>-<count of pairs>;2`, both counts in eight hexadecimal digits.
 */
function opener(pbx: string, clock: () => number): Opener {
  const made = { all: 0, phones: 0, pairs: 0 };
  const id = () => `${Math.floor(clock() / 1000)}.${made.all++}`;
  const serial = (count: number) => count.toString(16).padStart(8, '0');
  const fresh = { ended: false, leaving: null, sent: 0 };
  return {
    phone(endpoint, who, caller) {
      const uniqueid = id();
      return {
        name: `PJSIP/${endpoint}-${serial(made.phones++)}`,
        uniqueid,
        endpoint,
        ...who,
        key: caller?.key ?? { id: `${pbx}-${uniqueid}`, lastAt: 0 },
        linkedid: caller?.linkedid ?? uniqueid,
        thread: caller?.thread ?? uniqueid,
        ...fresh,
      };
    },
    local(place, key) {
      const first = id();
      const uniqueid = id();
      const nobody = { endpoint: '', number: '', callerName: '', dnid: '' };
      const name = `Local/${place}-${serial(made.pairs++)};2`;
      return { name, uniqueid, ...nobody, key, linkedid: first, thread: uniqueid, ...fresh };
    },
  };
}
