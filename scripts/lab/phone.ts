// A real SIP phone over UDP for tests and the demo: it registers, rings, answers, refuses, calls, holds and transfers.
// The outside world's phone (a trunk's far end) is the same phone without a registration.

import { type CallPhone, PhoneCall } from './phone-call.js';
import { createPhoneLog, type PhoneEvent, type PhoneEventKind, type PhoneLog } from './phone-log.js';
import { openAudio } from './sip/audio.js';
import { type Dialog, dialogOfInvite, newCallId, newTag, request } from './sip/dialog.js';
import { type Address, openEndpoint } from './sip/endpoint.js';
import { addressOf, header, partyOf, type SipMessage, tagOf } from './sip/message.js';

/** What a phone does with a call that comes in. */
export type Plan =
  | { kind: 'answer'; afterMs: number }
  /** Rings until the caller gives up. */
  | { kind: 'ring' }
  | { kind: 'reject'; status: number; afterMs: number }
  /** Dead: not even a provisional answer. */
  | { kind: 'ignore' };

export const answerAfter = (afterMs: number): Plan => ({ kind: 'answer', afterMs });
export const ringOnly: Plan = { kind: 'ring' };
export const rejectWith = (status: number, afterMs = 0): Plan => ({ kind: 'reject', status, afterMs });
export const busy: Plan = rejectWith(486);
export const ignore: Plan = { kind: 'ignore' };

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
  plan?: Plan | ((call: PhoneCall) => Plan);
  /** Answer by itself when the INVITE's headers ask for it; true unless said. */
  autoAnswer?: boolean;
  /** Send silence while a call is up, so that the PBX sees sound; false unless said. */
  rtp?: boolean;
  /** Seconds a registration holds; it is renewed at half of that. 600 unless said. */
  expires?: number;
}

export interface CallOptions {
  /** Another From than the phone's own: what the outside world calls itself. */
  from?: { number: string; name?: string };
  /** Also as P-Asserted-Identity. */
  asserted?: boolean;
  headers?: [string, string][];
}

export interface Phone {
  readonly user: string;
  readonly address: Address;
  readonly log: PhoneLog;
  /** What it does with the next calls; may be changed at any time. */
  plan: Plan | ((call: PhoneCall) => Plan);
  /** Calls that are not over yet. */
  calls(): PhoneCall[];
  /** RTP packets that came in so far. */
  packets(): number;
  /** @throws Error when the PBX refuses or does not answer. */
  register(): Promise<void>;
  unregister(): Promise<void>;
  /** Dials. The INVITE is out when this returns; call.answered() waits for the answer. */
  call(number: string, options?: CallOptions): PhoneCall;
  /** The next call that came in and was not given out yet. @throws Error with the log after `deadline` ms. */
  incoming(deadline?: number): Promise<PhoneCall>;
  waitFor(
    fits: PhoneEventKind | ((event: PhoneEvent) => boolean),
    deadline?: number,
    from?: number,
  ): Promise<PhoneEvent>;
  /** Hangs up what is up, and closes. Does not unregister. */
  close(): Promise<void>;
}

/** Opens a phone; it does not register by itself. @throws Error when its address cannot be bound. */
export async function openPhone(options: PhoneOptions): Promise<Phone> {
  const {
    user,
    password = '',
    pbx,
    name = '',
    host = '127.0.0.1',
    autoAnswer = true,
    rtp = false,
    expires = 600,
  } = options;
  const log = createPhoneLog(user);
  const calls = new Map<string, PhoneCall>();
  const waiting: PhoneCall[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const endpoint = await openEndpoint(host, options.port ?? 0, {
    onRequest: (message, from) => receive(message, from),
    onProvisional: (sent, response) => calls.get(header(response, 'Call-ID'))?.provisional(sent, response),
    onRepeated: (response) => calls.get(header(response, 'Call-ID'))?.repeatAck(response),
  });
  const audio = await openAudio(host);
  const contact = `<sip:${user}@${host}:${endpoint.local.port}>`;
  const credentials = password === '' ? null : { user, password };
  const line: CallPhone = {
    endpoint,
    pbx,
    contact,
    credentials,
    log,
    audio,
    host,
    rtp,
    onEnded: (call) => ended(call),
  };
  const ended = (call: PhoneCall) => {
    calls.delete(call.callId);
    if (calls.size === 0) audio.hush();
  };
  const receive = (message: SipMessage, from: Address) => {
    const call = calls.get(header(message, 'Call-ID'));
    if (call !== undefined) call.receive(message, from);
    else if (message.method === 'INVITE' && tagOf(header(message, 'To')) === '') ringing(message, from);
    else answerOutsideCalls(line, message, from);
  };
  const ringing = (invite: SipMessage, from: Address) => {
    const party = partyOf(header(invite, 'From'));
    const call = new PhoneCall(line, dialogOfInvite(invite, newTag()), party, { request: invite, from });
    calls.set(call.callId, call);
    const auto = autoAnswer ? autoAnswerAfter(invite) : null;
    log.add('invite_received', call.callId, {
      ...party,
      dialled: call.dialled,
      autoAnswer: auto !== null,
      headers: headersOf(invite),
    });
    waiting.push(call);
    follow(
      call,
      auto === null ? (typeof phone.plan === 'function' ? phone.plan(call) : phone.plan) : answerAfter(auto),
      later,
    );
  };
  const registration: Dialog = newDialog(`sip:${pbx.host}:${pbx.port}`, addressOf(name, `sip:${user}@${pbx.host}`));
  registration.remote = `<sip:${user}@${pbx.host}>`;
  const register = async (seconds: number) => {
    const response = await request(registration, line, 'REGISTER', { headers: [['Expires', String(seconds)]] });
    const { status, reason } = response;
    if (status >= 300) {
      log.add('register_refused', '', { status, reason });
      throw new Error(`the PBX refused to register ${user}: ${status} ${reason}`);
    }
    log.add(seconds > 0 ? 'registered' : 'unregistered', '');
  };
  let renewal: NodeJS.Timeout | undefined;
  const phone: Phone = {
    user,
    address: endpoint.local,
    log,
    plan: options.plan ?? answerAfter(100),
    calls: () => [...calls.values()],
    packets: () => audio.received(),
    async register() {
      await register(expires);
      clearInterval(renewal);
      renewal = setInterval(() => register(expires).catch(() => {}), expires * 500);
      renewal.unref();
    },
    async unregister() {
      clearInterval(renewal);
      await register(0);
    },
    call(number, { from, asserted = false, headers = [] } = {}) {
      const self = addressOf(from?.name ?? name, `sip:${encodeURIComponent(from?.number ?? user)}@${host}`);
      const dialog = newDialog(`sip:${encodeURIComponent(number)}@${pbx.host}:${pbx.port}`, self);
      const call = new PhoneCall(line, dialog, { number, name: '' }, null);
      calls.set(call.callId, call);
      const identity: [string, string][] = asserted ? [['P-Asserted-Identity', self]] : [];
      call.invite([...identity, ...headers]).catch(() => {});
      return call;
    },
    async incoming(deadline = 5000) {
      const from = waiting.length > 0 ? 0 : log.events.length;
      if (waiting.length === 0) await log.waitFor('invite_received', deadline, from);
      const call = waiting.shift();
      if (call === undefined) throw new Error(`phone ${user}: another waiter took the call`);
      return call;
    },
    waitFor: (fits, deadline = 5000, from = 0) => log.waitFor(fits, deadline, from),
    async close() {
      clearInterval(renewal);
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled([...calls.values()].map((call) => withinASecond(call.hangup())));
      audio.close();
      await endpoint.close();
    },
  };
  return phone;
}

/** The outside world behind a trunk: no login, another loopback address, any From. */
export function openTrunk(
  options: Omit<PhoneOptions, 'user' | 'password'> & { user?: string; password?: string },
): Promise<Phone> {
  return openPhone({ user: 'trunk', host: '127.0.0.2', ...options });
}

function newDialog(target: string, self: string): Dialog {
  return { callId: newCallId(), local: `${self};tag=${newTag()}`, remote: `<${target}>`, target, cseq: 0 };
}

function follow(call: PhoneCall, plan: Plan, later: (ms: number, act: () => void) => void): void {
  const rings = plan.kind !== 'ignore' && !(plan.kind === 'reject' && plan.afterMs === 0);
  if (rings) call.ring();
  else if (plan.kind === 'reject') call.reject(plan.status);
  if (plan.kind === 'answer') later(plan.afterMs, () => call.state === 'ringing' && call.answer());
  if (plan.kind === 'reject' && rings) later(plan.afterMs, () => call.reject(plan.status));
}

// Requests that belong to no call: Asterisk qualifies its contacts, and tells of voicemail.
function answerOutsideCalls({ endpoint, log, contact }: CallPhone, message: SipMessage, from: Address): void {
  if (message.method === 'ACK') return;
  const known = message.method === 'OPTIONS' || message.method === 'NOTIFY';
  if (known) log.add(message.method === 'OPTIONS' ? 'options_received' : 'notify_received', '');
  const [status, reason] = known ? [200, 'OK'] : [481, 'Call/Transaction Does Not Exist'];
  endpoint.reply(message, from, { status, reason, toTag: newTag(), headers: [['Contact', contact]] });
}

/** Milliseconds after which the INVITE asks to be answered by itself; null when it does not. */
function autoAnswerAfter(invite: SipMessage): number | null {
  const after = /answer-after\s*=\s*(\d+)/i.exec(header(invite, 'Call-Info'))?.[1];
  if (after !== undefined) return Number(after) * 1000;
  const asked =
    /info\s*=\s*"?(alert-autoanswer|auto-answer)/i.test(header(invite, 'Alert-Info')) ||
    /^auto/i.test(header(invite, 'Answer-Mode'));
  return asked ? 0 : null;
}

function headersOf(message: SipMessage): Record<string, string> {
  return Object.fromEntries(message.headers.map(([name, value]) => [name.toLowerCase(), value]).reverse());
}

const withinASecond = (promise: Promise<void>) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
