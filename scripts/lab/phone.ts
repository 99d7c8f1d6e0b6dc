// A real SIP phone over UDP for tests and the demo: it registers, rings, answers, refuses, calls, holds and transfers.
// The outside world's phone (a trunk's far end) is the same phone without a registration.
import { PhoneCall } from './phone-call.js';
import type { CallPhone } from './phone-leg.js';
import { createPhoneLog, PATIENCE_MS, type PhoneEvent, type PhoneEventKind, type PhoneLog } from './phone-log.js';
import { answerAfter, autoAnswer, follow, type Plan } from './phone-plan.js';
import { openAudio } from './sip/audio.js';
import { type Dialog, dialogOfInvite, newCallId, newTag, request } from './sip/dialog.js';
import { type Address, openEndpoint } from './sip/endpoint.js';
import { addressOf, header, partyOf, type SipMessage, tagOf } from './sip/message.js';
import { within } from './wait.js';

export { answerAfter, busy, ignore, movedTo, type Plan, rejectWith, ringOnly } from './phone-plan.js';
export type { PhoneCall };

export interface PhoneOptions {
  /** Its number at the PBX, and its login. */
  user: string;
  /** '' for a phone that is known by its address only (a trunk). */
  password?: string;
  pbx: Address;
  /** Display name in From. */
  name?: string;
  /** 127.0.0.1 unless said; a trunk stands on another loopback address. */
  host?: string;
  /** Any free port unless said. */
  port?: number;
  /** What it does with calls at first; answers after 100 ms unless said. */
  plan?: PlanOrChoice;
  /** Answer by itself when the INVITE's headers ask for it; true unless said. */
  autoAnswer?: boolean;
  /** Send silence while a call is up, so that the PBX sees sound; false unless said. */
  rtp?: boolean;
  /** Seconds a registration holds; it is renewed at half of that. 600 unless said. */
  expires?: number;
  /** Milliseconds before an unanswered message is sent again; 500 unless said. */
  repeatMs?: number;
}

/** Calls kept for incoming(); a phone that nobody asks would keep every one. */
const MOST_WAITING = 100;

/** One plan for all calls, or one chosen for each. */
export type PlanOrChoice = Plan | ((call: PhoneCall) => Plan);

export interface CallOptions {
  /** Another From than the phone's own: what the outside world calls itself. */
  from?: { number: string; name?: string };
  /** The same as P-Asserted-Identity too. */
  asserted?: boolean;
  headers?: [string, string][];
}

export class Phone {
  readonly user: string;
  readonly log: PhoneLog;
  /** What it does with the next calls; may be changed at any time. */
  plan: PlanOrChoice;
  #options: PhoneOptions;
  #line: CallPhone;
  #registration: Dialog;
  #calls = new Map<string, PhoneCall>();
  #waiting: PhoneCall[] = [];
  #timers = new Set<NodeJS.Timeout>();
  #renewal: NodeJS.Timeout | undefined;

  /** For openPhone(). */
  constructor(options: PhoneOptions, line: CallPhone) {
    const { user, pbx, name = '', plan = answerAfter(100) } = options;
    this.user = user;
    this.log = line.log;
    this.plan = plan;
    this.#options = options;
    this.#line = line;
    this.#registration = newDialog(`sip:${pbx.host}:${pbx.port}`, addressOf(name, `sip:${user}@${pbx.host}`));
    this.#registration.remote = `<sip:${user}@${pbx.host}>`;
  }

  get address(): Address {
    return this.#line.endpoint.local;
  }

  /** Calls that are not over yet. */
  calls(): PhoneCall[] {
    return [...this.#calls.values()];
  }

  /** Whether it sends silence in its next calls; see the option of that name. */
  set rtp(on: boolean) {
    this.#line.rtp = on;
  }

  /** RTP packets that came in so far. */
  packets(): number {
    return this.#line.audio.received();
  }

  /** @throws Error when the PBX refuses or does not answer. */
  async register(): Promise<void> {
    const { expires = 600 } = this.#options;
    await this.#register(expires);
    clearInterval(this.#renewal);
    this.#renewal = setInterval(() => this.#register(expires).catch(() => {}), expires * 500);
    this.#renewal.unref();
  }

  async unregister(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#register(0);
  }

  async #register(seconds: number): Promise<void> {
    const parts = { headers: [['Expires', String(seconds)]] as [string, string][] };
    const { status, reason } = await request(this.#registration, this.#line, 'REGISTER', parts);
    if (status >= 300) {
      this.log.add('register_refused', '', { status, reason });
      throw new Error(`the PBX refused to register ${this.user}: ${status} ${reason}`);
    }
    this.log.add(seconds > 0 ? 'registered' : 'unregistered', '');
  }

  /** Dials. The INVITE is out when this returns; answered() of the call waits for the answer. */
  call(number: string, { from, asserted = false, headers = [] }: CallOptions = {}): PhoneCall {
    const { user, name = '', pbx } = this.#options;
    const self = addressOf(from?.name ?? name, `sip:${encodeURIComponent(from?.number ?? user)}@${this.address.host}`);
    const dialog = newDialog(`sip:${encodeURIComponent(number)}@${pbx.host}:${pbx.port}`, self);
    const call = new PhoneCall(this.#line, dialog, { number, name: '' }, null);
    this.#calls.set(call.callId, call);
    const identity: [string, string][] = asserted ? [['P-Asserted-Identity', self]] : [];
    call.invite([...identity, ...headers]).catch(() => {});
    return call;
  }

  /** The next call that came in and was not given out yet. @throws Error with the log after `deadline` ms. */
  async incoming(deadline = PATIENCE_MS): Promise<PhoneCall> {
    if (this.#waiting.length === 0)
      await this.log.waitFor('invite_received', deadline, { from: this.log.events.length });
    const call = this.#waiting.shift();
    if (call === undefined) throw new Error(`phone ${this.user}: another waiter took the call`);
    return call;
  }

  /** Forgets calls that incoming() has not given out, and takes a plan: a fresh start for a test. */
  reset(plan: PlanOrChoice = answerAfter(100)): void {
    this.#waiting.length = 0;
    this.plan = plan;
  }

  /** The first event that fits, past (from index `from` on) or to come. @throws Error with the log after `deadline` ms. */
  waitFor(
    fits: PhoneEventKind | ((event: PhoneEvent) => boolean),
    deadline = PATIENCE_MS,
    from = 0,
  ): Promise<PhoneEvent> {
    return this.log.waitFor(fits, deadline, { from });
  }

  /** Hangs up what is up, and closes. Does not unregister. */
  async close(): Promise<void> {
    clearInterval(this.#renewal);
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.calls().map((call) => within(call.hangup(), 1000, 'the other side to take our BYE')));
    this.#line.audio.close();
    await this.#line.endpoint.close();
  }

  /** A request from the PBX. For openPhone(). */
  receive(message: SipMessage, from: Address): void {
    const call = this.find(message);
    if (call !== undefined) call.receive(message, from);
    else if (message.method === 'INVITE' && tagOf(header(message, 'To')) === '') this.#ringing(message, from);
    else if (message.method !== 'ACK') this.#outsideCalls(message, from);
  }

  /** The call a message belongs to. For openPhone(). */
  find(message: SipMessage): PhoneCall | undefined {
    return this.#calls.get(header(message, 'Call-ID'));
  }

  /** For the calls. */
  forget(callId: string): void {
    this.#calls.delete(callId);
    if (this.#calls.size === 0) this.#line.audio.hush();
  }

  #ringing(invite: SipMessage, from: Address): void {
    const party = partyOf(header(invite, 'From'));
    const call = new PhoneCall(this.#line, dialogOfInvite(invite, newTag()), party, { request: invite, from });
    this.#calls.set(call.callId, call);
    const auto = this.#options.autoAnswer === false ? null : autoAnswer(invite);
    const headers = Object.fromEntries(invite.headers.map(([name, value]) => [name.toLowerCase(), value]).reverse());
    this.#waiting.push(call);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.log.add('invite_received', call.callId, {
      ...party,
      dialled: call.dialled,
      autoAnswer: auto !== null,
      headers,
    });
    const plan = typeof this.plan === 'function' ? this.plan(call) : this.plan;
    follow(call, auto ?? plan, (ms, act) => this.#later(ms, act));
  }

  // Asterisk qualifies its contacts and tells of voicemail outside any call.
  #outsideCalls(message: SipMessage, from: Address): void {
    const known = message.method === 'OPTIONS' || message.method === 'NOTIFY';
    if (known) this.log.add(message.method === 'OPTIONS' ? 'options_received' : 'notify_received', '');
    const answer = known ? { status: 200, reason: 'OK' } : { status: 481, reason: 'Call/Transaction Does Not Exist' };
    this.#line.endpoint.reply(message, from, {
      ...answer,
      toTag: newTag(),
      headers: [['Contact', this.#line.contact]],
    });
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Opens a phone; it does not register by itself. @throws Error when its address cannot be bound. */
export async function openPhone(options: PhoneOptions): Promise<Phone> {
  const { user, password = '', pbx, host = '127.0.0.1', rtp = false } = options;
  const endpoint = await openEndpoint(
    host,
    options.port ?? 0,
    {
      onRequest: (message, from) => phone.receive(message, from),
      onProvisional: (sent, response) => phone.find(response)?.provisional(sent, response),
      onRepeated: (response) => phone.find(response)?.repeatAck(response),
    },
    options.repeatMs,
  );
  const phone = new Phone(options, {
    endpoint,
    pbx,
    contact: `<sip:${user}@${host}:${endpoint.local.port}>`,
    credentials: password === '' ? null : { user, password },
    log: createPhoneLog(user),
    audio: await openAudio(host),
    host,
    rtp,
    onEnded: (callId) => phone.forget(callId),
  });
  return phone;
}

/** The outside world behind a trunk: no login, another loopback address, any From. */
export function openTrunk(options: Omit<PhoneOptions, 'user'> & { user?: string }): Promise<Phone> {
  return openPhone({ user: 'trunk', host: '127.0.0.2', ...options });
}

function newDialog(target: string, self: string): Dialog {
  return { callId: newCallId(), local: `${self};tag=${newTag()}`, remote: `<${target}>`, target, cseq: 0 };
}
