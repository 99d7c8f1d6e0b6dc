// A random day of a small call centre, told as its PBX would tell it: every event has its cause, every channel ends once.
import fc from 'fast-check';
import type { CallEvent } from '../../src/call/event.js';
import { eventOf, T0 } from './arbitrary.js';

interface Channel {
  uniqueid: string;
  channel: string;
  endpoint: string;
  call: string;
  linkedid: string;
  side: 'caller' | 'callee';
  state: 'new' | 'ringing' | 'up' | 'parked';
  queue: string;
  held: boolean;
  /** The other side of the talk. */
  peer: Channel | null;
}

/** One thing that happens: what, to whom (a number that is taken modulo those who can), and after how many ms. */
interface Move {
  what: number;
  who: number;
  pause: number;
}

const OPERATORS = ['101', '102', '103', '104'];

class Day {
  readonly events: CallEvent[] = [];
  #now = T0;
  #count = 0;
  #channels: Channel[] = [];

  play({ what, who, pause }: Move): void {
    this.#now += pause;
    const moves = [
      this.#arrive,
      this.#callOut,
      this.#ring,
      this.#answer,
      this.#answer,
      this.#hold,
      this.#transfer,
      this.#park,
      this.#retrieve,
      this.#end,
      this.#operator,
    ];
    moves[what % moves.length]?.call(this, who);
  }

  /** Everybody goes home. */
  close(): CallEvent[] {
    for (const channel of [...this.#channels]) {
      this.#now += 10;
      this.#gone(channel, 16, '');
    }
    return this.events;
  }

  #say(on: Channel, event: string, fields: Record<string, string | number> = {}): void {
    const { uniqueid, channel, call, linkedid } = on;
    this.#count += 1;
    const id = `pbx1-${uniqueid}-${event}-${this.#now}-${this.#count}`;
    this.events.push(eventOf({ id, at: this.#now, event, uniqueid, channel, call, linkedid, ...fields }));
  }

  #open(endpoint: string, side: Channel['side'], from: Channel | null): Channel {
    this.#count += 1;
    const uniqueid = `u${this.#count}`;
    const opened: Channel = {
      ...{ uniqueid, channel: `PJSIP/${endpoint}-${this.#count}`, endpoint, side },
      ...{ call: from?.call ?? `pbx1-${uniqueid}`, linkedid: from?.linkedid ?? uniqueid },
      ...{ state: 'new', queue: from?.queue ?? '', held: false, peer: null },
    };
    this.#channels.push(opened);
    return opened;
  }

  #pick(who: number, fits: (channel: Channel) => boolean): Channel | undefined {
    const able = this.#channels.filter(fits);
    return able[who % Math.max(1, able.length)];
  }

  #arrive(who: number): void {
    const caller = this.#open('trunk', 'caller', null);
    this.#say(caller, 'call', { direction: 'in', from: '+998000000101', to: '5551000', trunk: 'trunk' });
    if (who % 3 === 0) this.#say(caller, 'dial', { to: '5551101' });
    else {
      caller.queue = 'sales';
      this.#say(caller, 'enter', { queue: 'sales' });
    }
  }

  #callOut(who: number): void {
    const operator = OPERATORS[who % OPERATORS.length] ?? '';
    const caller = this.#open(operator, 'caller', null);
    this.#say(caller, 'call', { direction: 'internal', from: operator, to: '102', endpoint: operator });
    this.#say(caller, 'dial', { to: '102' });
  }

  #ring(who: number): void {
    const caller = this.#pick(who, (one) => one.side === 'caller' && one.state === 'new');
    if (!caller) return;
    const endpoint = OPERATORS[who % OPERATORS.length] ?? '';
    const device = this.#open(endpoint, 'callee', caller);
    device.state = 'ringing';
    device.peer = caller;
    const fields = { endpoint, dialler: caller.uniqueid };
    if (caller.queue === '') this.#say(device, 'ring', fields);
    else this.#say(device, 'offer', { ...fields, queue: caller.queue });
  }

  #answer(who: number): void {
    const device = this.#pick(who, (one) => one.state === 'ringing' && one.peer?.state === 'new');
    if (!device?.peer) return;
    const caller = device.peer;
    const queue: Record<string, string> = device.queue === '' ? {} : { queue: device.queue };
    this.#say(device, 'answer', { endpoint: device.endpoint, dialler: caller.uniqueid, ...queue });
    Object.assign(device, { state: 'up' });
    Object.assign(caller, { state: 'up', peer: device });
    for (const other of this.#channels.filter((one) => one.state === 'ringing' && one.peer === caller))
      this.#gone(other, 26, '');
  }

  #hold(who: number): void {
    const holder = this.#pick(who, (one) => one.state === 'up');
    if (!holder) return;
    this.#say(holder, holder.held ? 'unhold' : 'hold', { source: 'ami', endpoint: holder.endpoint });
    holder.held = !holder.held;
  }

  /** The operator who was called hands the caller on, who then dials somebody else. */
  #transfer(who: number): void {
    const device = this.#pick(who, (one) => one.side === 'callee' && one.state === 'up' && one.peer !== null);
    const caller = device?.peer;
    if (!device || !caller) return;
    const to = OPERATORS[(who + 1) % OPERATORS.length] ?? '';
    this.#say(caller, 'transfer', { kind: 'blind', by: device.channel, to });
    caller.peer = null;
    this.#gone(device, 16, '');
    Object.assign(caller, { state: 'new', queue: '', held: false });
    this.#say(caller, 'dial', { to });
  }

  #park(who: number): void {
    const device = this.#pick(who, (one) => one.side === 'callee' && one.state === 'up' && one.peer !== null);
    const caller = device?.peer;
    if (!device || !caller) return;
    this.#say(caller, 'park', { source: 'ami', lot: 'default', slot: '701', by: device.channel, timeout: 45 });
    caller.peer = null;
    this.#gone(device, 16, '');
    Object.assign(caller, { state: 'parked', held: false });
  }

  #retrieve(who: number): void {
    const parked = this.#pick(who, (one) => one.state === 'parked');
    if (!parked) return;
    const taker = this.#open(OPERATORS[who % OPERATORS.length] ?? '', 'caller', null);
    this.#say(taker, 'call', { direction: 'internal', from: taker.endpoint, to: '701', endpoint: taker.endpoint });
    const fields = { lot: 'default', slot: '701', parked: parked.uniqueid, other: parked.call };
    this.#say(taker, 'retrieve', { source: 'ami', ...fields });
    taker.linkedid = parked.linkedid;
    Object.assign(parked, { state: 'up', peer: taker });
    Object.assign(taker, { state: 'up', peer: parked });
  }

  #end(who: number): void {
    const first = this.#pick(who, () => true);
    if (!first) return;
    const { peer } = first;
    // Before an answer only the caller takes the devices along.
    const devices = this.#channels.filter((one) => one.peer === first && one.state === 'ringing');
    this.#gone(first, 16, first.channel);
    for (const device of devices) this.#gone(device, 0, '');
    if (peer && first.state === 'up') this.#gone(peer, 16, first.channel);
  }

  #gone(channel: Channel, cause: number, by: string): void {
    if (!this.#channels.includes(channel)) return;
    const status: Record<string, string> =
      channel.side === 'caller' && channel.state === 'up' ? { dialstatus: 'ANSWER' } : {};
    const endpoint = channel.side === 'callee' ? { endpoint: channel.endpoint } : {};
    this.#say(channel, 'end', { side: channel.side, cause, by, ...status, ...endpoint });
    this.#channels = this.#channels.filter((one) => one !== channel);
    for (const one of this.#channels) if (one.peer === channel) one.peer = null;
  }

  #operator(who: number): void {
    const operator = OPERATORS[who % OPERATORS.length] ?? '';
    const until = Math.round(this.#now / 1000 + 20) * 1000;
    const kinds = [
      ['login', { queues: 'sales' }],
      ['logout', {}],
      ['pause', { reason: 'lunch' }],
      ['unpause', {}],
      ['wrapup', { until, queue: 'sales' }],
      ['wrapped', { how: 'done' }],
    ] as const;
    const [event, fields] = kinds[Math.floor(who / OPERATORS.length) % kinds.length] ?? kinds[0];
    this.#count += 1;
    const head = {
      id: `op-${this.#count}`,
      at: this.#now,
      event,
      channel: `PJSIP/${operator}-0`,
      uniqueid: `o${this.#count}`,
    };
    this.events.push(eventOf({ ...head, call: `pbx1-o${this.#count}`, operator, ...fields }));
  }
}

const MOVES = fc.array(fc.record({ what: fc.nat(99), who: fc.nat(99), pause: fc.integer({ min: 1, max: 9000 }) }), {
  maxLength: 60,
});

/** A day that is over: every channel has ended. */
export const wholeDay: fc.Arbitrary<CallEvent[]> = MOVES.map((moves) => {
  const day = new Day();
  for (const move of moves) day.play(move);
  return day.close();
});

/** A day as it stands at some moment. */
export const runningDay: fc.Arbitrary<CallEvent[]> = MOVES.map((moves) => {
  const day = new Day();
  for (const move of moves) day.play(move);
  return day.events;
});
