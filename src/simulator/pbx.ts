// Pure. What Asterisk itself brings into an event: channel names, unique ids, the clock, the hook's way and its line.
// It writes the same fields in the same order as dialplan/dialhook-send.conf.
import { type EventKind, formatLine } from '../call/event.js';

type Fields = Record<string, string | number | null | undefined>;

/** The id that all channels of a call share; `lastAt` keeps the events of one call apart by a millisecond at least. */
export interface CallKey {
  id: string;
  linkedid: string;
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
  /** In a hangup handler: the channel is dead. */
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
  'login',
  'logout',
  'pause',
  'unpause',
]);

/** The event line (or the lookup's question) of a planned request. `at` may be given anew, for a load test. */
export function lineOf(planned: Planned, at = planned.at): string {
  const { fields, n } = planned;
  if (planned.kind === 'lookup') return encode(formatLine(fields));
  const { v, ...rest } = fields;
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
  /** Runs a hook on a channel. */
  hook(channel: SimChannel, kind: EventKind, fields: Fields): void;
  lookup(channel: SimChannel): void;
  /** Takes what was sent since the last time. */
  take(): Planned[];
}

/** @param clock milliseconds since the epoch */
export function createPbx(name: string, clock: () => number): Pbx {
  let made = 0;
  let out: Planned[] = [];
  const open = (endpoint: string, who: Who, caller?: SimChannel) =>
    newChannel(name, Math.floor(clock() / 1000), made++, endpoint, who, caller);
  const send = (channel: SimChannel, request: Pick<Planned, 'kind' | 'way' | 'dead' | 'fields'>) => {
    const at = Math.max(Math.round(clock()), channel.key.lastAt + 1);
    channel.key.lastAt = at;
    out.push({ at, ...request, thread: channel.thread, channel, n: channel.sent });
  };
  return {
    start: (endpoint, { number, name: callerName, dnid }) => open(endpoint, { number, callerName, dnid }),
    ring: (caller, endpoint, number, callerName) => open(endpoint, { number, callerName, dnid: '' }, caller),
    hook(channel, kind, fields) {
      channel.sent += 1;
      const { id: call, linkedid } = channel.key;
      const { name: channelName, uniqueid } = channel;
      const common = { v: 1, pbx: name, call, event: kind, channel: channelName, uniqueid, linkedid };
      send(channel, {
        kind,
        way: MAIN.has(kind) ? 'main' : 'side',
        dead: kind === 'end',
        fields: { ...common, ...fields },
      });
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

/** `<epoch second>.<count of all channels>` and `PJSIP/<endpoint>-<count of PJSIP channels>`: all channels here are PJSIP. */
function newChannel(
  pbx: string,
  second: number,
  serial: number,
  endpoint: string,
  who: Who,
  caller?: SimChannel,
): SimChannel {
  const uniqueid = `${second}.${serial}`;
  return {
    name: `PJSIP/${endpoint}-${serial.toString(16).padStart(8, '0')}`,
    uniqueid,
    endpoint,
    ...who,
    key: caller?.key ?? { id: `${pbx}-${uniqueid}`, linkedid: uniqueid, lastAt: 0 },
    thread: caller?.thread ?? uniqueid,
    sent: 0,
  };
}
