// One call of a laboratory phone, from either side: what a person with a handset can do to it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PhoneEvent, PhoneEventKind, PhoneLog } from './phone-log.js';
import { type Audio, formatSdp, type Media, mirror, parseSdp } from './sip/audio.js';
import { adopt, type Dialog, type Line, nextRequest, type Parts, request } from './sip/dialog.js';
import type { Address } from './sip/endpoint.js';
import { cseq, header, partyOf, type SipMessage, tagOf } from './sip/message.js';
import type { Sent } from './sip/transaction.js';

export type CallState = 'calling' | 'ringing' | 'up' | 'ended';

/** What a call needs of its phone. */
export interface CallPhone extends Line {
  log: PhoneLog;
  audio: Audio;
  /** Where this phone takes its sound. */
  host: string;
  /** Send silence while a call is up. */
  rtp: boolean;
  /** Called when a call has ended. */
  onEnded(call: PhoneCall): void;
}

/** Milliseconds between two keys; Asterisk takes a shorter gap for one key. */
const KEY_GAP_MS = 120;

export class PhoneCall {
  state: CallState;
  /** The other side, as its INVITE or the number dialled names it. */
  readonly number: string;
  readonly name: string;
  /** The number that was asked for. */
  readonly dialled: string;
  readonly direction: 'in' | 'out';
  /** True while we hold the other side. */
  held = false;
  #phone: CallPhone;
  #dialog: Dialog;
  #invite: { request: SipMessage; from: Address } | null;
  #sent: Sent | null = null;
  #cancelled = false;
  #sdpVersion = 0;

  constructor(
    phone: CallPhone,
    dialog: Dialog,
    other: { number: string; name: string },
    invite: { request: SipMessage; from: Address } | null,
  ) {
    this.#phone = phone;
    this.#dialog = dialog;
    this.#invite = invite;
    this.direction = invite === null ? 'out' : 'in';
    this.state = invite === null ? 'calling' : 'ringing';
    this.number = other.number;
    this.name = other.name;
    this.dialled = invite === null ? other.number : partyOf(`<${invite.request.uri}>`).number;
  }

  get callId(): string {
    return this.#dialog.callId;
  }

  /** Everything the phone saw of this call. */
  get events(): PhoneEvent[] {
    return this.#phone.log.events.filter((event) => event.callId === this.callId);
  }

  /** The first event of that kind of this call, past or to come. @throws Error with the phone's log after `deadline` ms. */
  waitFor(kind: PhoneEventKind | PhoneEventKind[], deadline = 5000): Promise<PhoneEvent> {
    const kinds = [kind].flat();
    return this.#phone.log.waitFor((event) => event.callId === this.callId && kinds.includes(event.kind), deadline);
  }

  /** Waits until the other side answers our call. @throws Error when it refuses or `deadline` ms pass. */
  async answered(deadline = 5000): Promise<PhoneEvent> {
    const event = await this.waitFor(['answer_received', 'refusal_received', 'no_answer', 'answer_sent'], deadline);
    if (event.kind === 'answer_received' || event.kind === 'answer_sent') return event;
    throw new Error(`the call to ${this.number} was not answered: ${event.status ?? ''} ${event.reason ?? event.kind}`);
  }

  /** Waits until the call is over, whoever ended it. */
  ended(deadline = 5000): Promise<PhoneEvent> {
    return this.waitFor(
      ['bye_sent', 'bye_received', 'refusal_received', 'refusal_sent', 'cancel_received', 'no_answer'],
      deadline,
    );
  }

  /** Sends the INVITE of our call and follows it to its answer; never rejects, the log tells how it went. */
  async invite(headers: [string, string][]): Promise<void> {
    this.#log('invite_sent', { number: this.number });
    try {
      const parts = { headers, ...this.#offer('sendrecv') };
      const response = await request(this.#dialog, this.#phone, 'INVITE', parts, (sent) => {
        this.#sent = sent;
      });
      if (response.status < 300) this.#accepted(response);
      else this.#end('refusal_received', { status: response.status, reason: response.reason });
    } catch (error) {
      this.#end('no_answer', { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Answers a call that rings here. */
  answer(): void {
    if (this.#invite === null || this.state !== 'ringing')
      throw new Error(`a call that is ${this.state} cannot be answered`);
    this.state = 'up';
    const { body = '' } = this.#offer('sendrecv');
    this.#reply(200, 'OK', body);
    this.#log('answer_sent');
    this.#speak(this.#invite.request);
  }

  /** Tells the caller that it rings here. */
  ring(): void {
    this.#reply(180, 'Ringing');
    this.#log('ringing_sent');
  }

  /** Refuses a call that rings here: 486 busy, 603 declined, … */
  reject(status = 486): void {
    if (this.state !== 'ringing') return;
    const reason = REASONS[status] ?? 'Refused';
    this.#reply(status, reason);
    this.#end('refusal_sent', { status, reason });
  }

  /** Gives up our call before it was answered. */
  cancel(): void {
    if (this.state !== 'calling' || this.#cancelled) return;
    this.#cancelled = true;
    // RFC 3261 §9.1: not before the other side has said anything at all.
    if (this.#sent?.answered()) this.#sendCancel();
  }

  /** Ends a call that is up. Resolves with the status of the answer. */
  async bye(): Promise<number> {
    if (this.state !== 'up') throw new Error(`a call that is ${this.state} cannot be ended by BYE`);
    this.#end('bye_sent');
    return (await request(this.#dialog, this.#phone, 'BYE')).status;
  }

  /** Puts the handset down, whatever the call does. */
  async hangup(): Promise<void> {
    if (this.state === 'up') await this.bye();
    else if (this.direction === 'out') this.cancel();
    else this.reject(603);
  }

  /** Holds the other side (a new offer, sendonly) or takes it back. @throws Error when the PBX refuses. */
  async hold(on = true): Promise<void> {
    this.#log(on ? 'hold_sent' : 'resume_sent');
    const response = await request(this.#dialog, this.#phone, 'INVITE', this.#offer(on ? 'sendonly' : 'sendrecv'));
    if (response.status >= 300) throw new Error(`hold was refused: ${response.status} ${response.reason}`);
    this.#ack();
    this.held = on;
  }

  resume(): Promise<void> {
    return this.hold(false);
  }

  /** Presses keys (INFO, application/dtmf-relay), one after the other. */
  async press(keys: string): Promise<void> {
    for (const digit of keys) {
      this.#log('dtmf_sent', { digit });
      await request(this.#dialog, this.#phone, 'INFO', {
        type: 'application/dtmf-relay',
        body: `Signal=${digit}\r\nDuration=100\r\n`,
      });
      await sleep(KEY_GAP_MS);
    }
  }

  /**
   * Blind transfer: sends the other side to `number`. Resolves when the PBX takes the order; `transferred` or
   * `transfer_failed` in the log tells how it went. @throws Error when the order is refused.
   */
  transfer(number: string): Promise<void> {
    return this.#refer(`sip:${encodeURIComponent(number)}@${this.#phone.pbx.host}:${this.#phone.pbx.port}`);
  }

  /** Transfer after consulting: joins the other side of this call with the other side of `consult` (RFC 3891). */
  transferTo(consult: PhoneCall): Promise<void> {
    const { callId, remote, local, target } = consult.#dialog;
    const replaces = `${callId};to-tag=${tagOf(remote)};from-tag=${tagOf(local)}`;
    return this.#refer(`${target}?Replaces=${encodeURIComponent(replaces)}`);
  }

  async #refer(to: string): Promise<void> {
    this.#log('refer_sent');
    const headers: [string, string][] = [
      ['Refer-To', `<${to}>`],
      ['Referred-By', this.#phone.contact],
    ];
    const { status, reason } = await request(this.#dialog, this.#phone, 'REFER', { headers });
    this.#log(status < 300 ? 'refer_accepted' : 'refer_refused', { status, reason });
    if (status >= 300) throw new Error(`the transfer was refused: ${status} ${reason}`);
  }

  /** A provisional answer to our INVITE. For the phone. */
  provisional(sent: Sent, response: SipMessage): void {
    if (sent !== this.#sent || this.state === 'ended') return;
    if (this.#cancelled) this.#sendCancel();
    if (response.status === 100) this.#log('trying_received');
    else if (response.status === 180) this.#log('ringing_received');
    else this.#log('progress_received', { status: response.status });
  }

  /** Sends the ACK of our INVITE again: the first was lost. For the phone. */
  repeatAck(response: SipMessage): void {
    if (cseq(response).number === this.#dialog.cseq) this.#ack();
  }

  /** A request within this call: does what it asks, then says 200. For the phone. */
  receive(message: SipMessage, from: Address): void {
    if (message.method === 'ACK') {
      if (this.state === 'up') this.#log('ack_received');
      return;
    }
    const offered = message.method === 'INVITE' || message.method === 'UPDATE';
    const known = offered || ['CANCEL', 'BYE', 'INFO', 'NOTIFY', 'OPTIONS', 'MESSAGE'].includes(message.method);
    this.#phone.endpoint.reply(message, from, {
      status: known ? 200 : 501,
      reason: known ? 'OK' : 'Not Implemented',
      toTag: tagOf(this.#dialog.local),
      headers: offered ? [['Contact', this.#phone.contact], ...SDP_TYPE] : [],
      body: offered ? this.#reoffered(message) : '',
    });
    this.#react(message);
  }

  #react(message: SipMessage): void {
    const reason = header(message, 'Reason');
    if (message.method === 'CANCEL' && this.state === 'ringing') {
      this.#reply(487, 'Request Terminated');
      this.#end('cancel_received', { reason });
    }
    if (message.method === 'BYE' && this.state !== 'ended') this.#end('bye_received', { reason });
    if (message.method === 'INFO')
      this.#log('dtmf_received', { digit: /^Signal\s*=\s*(\S)/im.exec(message.body)?.[1] ?? '' });
    if (message.method === 'NOTIFY') this.#transferNews(message.body);
  }

  #reoffered(message: SipMessage): string {
    const offer = parseSdp(message.body);
    if (offer === null) return this.#offer('sendrecv').body ?? '';
    const direction = mirror(offer.direction);
    this.#log(direction === 'sendrecv' ? 'resume_received' : 'hold_received');
    return this.#offer(direction).body ?? '';
  }

  // RFC 3515 §2.4.5: the NOTIFY's body is the status line of the call the transfer made.
  #transferNews(body: string): void {
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(body)?.[1] ?? 0);
    const kind = status < 200 ? 'transfer_progress' : status < 300 ? 'transferred' : 'transfer_failed';
    this.#log(kind, { status });
    // The other two speak now; desk phones leave at this moment, and Asterisk waits half a minute for it.
    if (kind === 'transferred' && this.state === 'up') this.bye().catch(() => {});
  }

  #accepted(response: SipMessage): void {
    adopt(this.#dialog, response);
    this.#ack();
    this.state = 'up';
    this.#log('answer_received');
    this.#speak(response);
    // The answer crossed our CANCEL: the call is up, so it is ended the other way.
    if (this.#cancelled) this.bye().catch(() => {});
  }

  #ack(): void {
    this.#phone.endpoint.sendAck(nextRequest(this.#dialog, this.#phone, 'ACK'), this.#phone.pbx);
  }

  #sendCancel(): void {
    if (this.#sent === null) return;
    this.#log('cancel_sent');
    this.#phone.endpoint.cancel(this.#sent, this.#phone.pbx);
  }

  #reply(status: number, reason: string, body = ''): void {
    if (this.#invite === null) return;
    const headers: [string, string][] = [['Contact', this.#phone.contact], ...(body === '' ? [] : SDP_TYPE)];
    const { request: invite, from } = this.#invite;
    this.#phone.endpoint.reply(invite, from, { status, reason, toTag: tagOf(this.#dialog.local), headers, body });
  }

  #offer(direction: Media['direction']): Parts {
    const media = { host: this.#phone.host, port: this.#phone.audio.port, direction };
    return { type: 'application/sdp', body: formatSdp(media, ++this.#sdpVersion) };
  }

  #speak(message: SipMessage): void {
    const media = parseSdp(message.body);
    if (this.#phone.rtp && media !== null) this.#phone.audio.speak(media);
  }

  #end(kind: PhoneEventKind, fields: Partial<PhoneEvent> = {}): void {
    this.state = 'ended';
    this.#log(kind, fields);
    this.#phone.onEnded(this);
  }

  #log(kind: PhoneEventKind, fields: Partial<PhoneEvent> = {}): void {
    this.#phone.log.add(kind, this.callId, fields);
  }
}

const SDP_TYPE: [string, string][] = [['Content-Type', 'application/sdp']];
const REASONS: Record<number, string> = {
  404: 'Not Found',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  488: 'Not Acceptable Here',
  503: 'Service Unavailable',
  600: 'Busy Everywhere',
  603: 'Decline',
};
