// One call of a laboratory phone, from either side: what a person with a handset can do with it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallPhone, type CallState, Leg } from './phone-leg.js';
import { PATIENCE_MS, type PhoneEvent, type PhoneEventKind } from './phone-log.js';
import { adopt, type Dialog } from './sip/dialog.js';
import type { Address } from './sip/endpoint.js';
import { cseq, partyOf, type SipMessage, tagOf } from './sip/message.js';
import type { Sent } from './sip/transaction.js';

/** Milliseconds between two keys; Asterisk takes a shorter gap for one key. */
const KEY_GAP_MS = 120;
const ENDS: PhoneEventKind[] = [
  'bye_sent',
  'bye_received',
  'refusal_received',
  'refusal_sent',
  'cancel_received',
  'no_answer',
];

export class PhoneCall {
  readonly direction: 'in' | 'out';
  /** The other side, as its INVITE or the number dialled names it. */
  readonly number: string;
  readonly name: string;
  /** The number that was asked for. */
  readonly dialled: string;
  /** True while we hold the other side. */
  held = false;
  #leg: Leg;
  #sent: Sent | null = null;
  #cancelled = false;

  constructor(
    phone: CallPhone,
    dialog: Dialog,
    other: { number: string; name: string },
    invite: { request: SipMessage; from: Address } | null,
  ) {
    this.#leg = new Leg(phone, dialog, invite);
    this.direction = invite === null ? 'out' : 'in';
    this.number = other.number;
    this.name = other.name;
    this.dialled = invite === null ? other.number : partyOf(`<${invite.request.uri}>`).number;
  }

  get callId(): string {
    return this.#leg.dialog.callId;
  }

  get state(): CallState {
    return this.#leg.state;
  }

  /** Everything the phone saw of this call. */
  get events(): PhoneEvent[] {
    return this.#leg.phone.log.events.filter((event) => event.callId === this.callId);
  }

  /** The first event of that kind of this call, past or to come. @throws Error with the phone's log after `deadline` ms. */
  waitFor(kind: PhoneEventKind | PhoneEventKind[], deadline = PATIENCE_MS): Promise<PhoneEvent> {
    const kinds = [kind].flat();
    const fits = (event: PhoneEvent) => event.callId === this.callId && kinds.includes(event.kind);
    return this.#leg.phone.log.waitFor(fits, deadline, { what: kinds.join(' or ') });
  }

  /** Waits until the call is up. @throws Error when it is refused or `deadline` ms pass. */
  async answered(deadline = PATIENCE_MS): Promise<PhoneEvent> {
    const event = await this.waitFor(['answer_received', 'answer_sent', ...ENDS], deadline);
    if (event.kind === 'answer_received' || event.kind === 'answer_sent') return event;
    throw new Error(
      `the call to ${this.dialled} was not answered: ${event.status ?? ''} ${event.reason ?? event.kind}`,
    );
  }

  /** Waits until the call is over, whoever ended it. */
  ended(deadline = PATIENCE_MS): Promise<PhoneEvent> {
    return this.waitFor(ENDS, deadline);
  }

  /** Sends the INVITE of our call and follows it to its answer; never rejects, the log tells how it went. For the phone. */
  async invite(headers: [string, string][]): Promise<void> {
    this.#leg.log('invite_sent', { number: this.number });
    try {
      const response = await this.#leg.ask('INVITE', { headers, ...this.#leg.offer('sendrecv') }, (sent) => {
        this.#sent = sent;
      });
      if (response.status < 300) this.#accepted(response);
      else this.#leg.end('refusal_received', { status: response.status, reason: response.reason });
    } catch (error) {
      this.#leg.end('no_answer', { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Tells the caller that it rings here. */
  ring(): void {
    this.#leg.reply(180, 'Ringing');
    this.#leg.log('ringing_sent');
  }

  /** Answers a call that rings here. @throws Error when it does not. */
  answer(): void {
    const { invite } = this.#leg;
    if (invite === null || this.state !== 'ringing') throw new Error(`a call that is ${this.state} cannot be answered`);
    this.#leg.state = 'up';
    this.#leg.reply(200, 'OK', this.#leg.offer('sendrecv').body);
    this.#leg.log('answer_sent');
    this.#leg.speak(invite.request);
  }

  /** Refuses a call that rings here: 486 busy, 603 declined, … */
  reject(status = 486): void {
    if (this.state !== 'ringing') return;
    const reason = REASONS[status] ?? 'Refused';
    this.#leg.reply(status, reason);
    this.#leg.end('refusal_sent', { status, reason });
  }

  /** Sends a call that rings here on to `number` (302, RFC 3261 §21.3.3): the PBX dials it instead. */
  redirect(number: string): void {
    if (this.state !== 'ringing') return;
    const { host, port } = this.#leg.phone.pbx;
    const [status, reason] = [302, 'Moved Temporarily'];
    this.#leg.reply(status, reason, '', `<sip:${encodeURIComponent(number)}@${host}:${port}>`);
    this.#leg.end('refusal_sent', { status, reason });
  }

  /** Gives up our call before it was answered. */
  cancel(): void {
    if (this.state !== 'calling' || this.#cancelled) return;
    this.#cancelled = true;
    // RFC 3261 §9.1: not before the other side has said anything at all.
    if (this.#sent?.answered()) this.#sendCancel();
  }

  /** Ends a call that is up. Resolves with the status of the answer. @throws Error when it is not up. */
  bye(): Promise<number> {
    if (this.state !== 'up') return Promise.reject(new Error(`a call that is ${this.state} cannot be ended by BYE`));
    return this.#leg.bye();
  }

  /** Puts the handset down, whatever the call does. */
  async hangup(): Promise<void> {
    if (this.state === 'up') await this.bye();
    else if (this.direction === 'out') this.cancel();
    else this.reject(603);
  }

  /** Holds the other side (a new offer, sendonly), or takes it back. @throws Error when the PBX refuses. */
  async hold(on = true): Promise<void> {
    this.#leg.log(on ? 'hold_sent' : 'resume_sent');
    const response = await this.#leg.ask('INVITE', this.#leg.offer(on ? 'sendonly' : 'sendrecv'));
    if (response.status >= 300) throw new Error(`hold was refused: ${response.status} ${response.reason}`);
    this.#leg.ack();
    this.held = on;
  }

  resume(): Promise<void> {
    return this.hold(false);
  }

  /** Presses keys (INFO, application/dtmf-relay), one after the other. */
  async press(keys: string): Promise<void> {
    for (const digit of keys) {
      this.#leg.log('dtmf_sent', { digit });
      await this.#leg.ask('INFO', { type: 'application/dtmf-relay', body: `Signal=${digit}\r\nDuration=100\r\n` });
      await sleep(KEY_GAP_MS);
    }
  }

  /**
   * Blind transfer: sends the other side to `number`. Resolves when the PBX takes the order; `transferred` or
   * `transfer_failed` tells how it went. @throws Error when the order is refused.
   */
  transfer(number: string): Promise<void> {
    const { host, port } = this.#leg.phone.pbx;
    return this.#refer(`sip:${encodeURIComponent(number)}@${host}:${port}`);
  }

  /** Transfer after consulting: joins the other side of this call with the other side of `consult` (RFC 3891). */
  transferTo(consult: PhoneCall): Promise<void> {
    const { callId, remote, local, target } = consult.#leg.dialog;
    const replaces = `${callId};to-tag=${tagOf(remote)};from-tag=${tagOf(local)}`;
    return this.#refer(`${target}?Replaces=${encodeURIComponent(replaces)}`);
  }

  async #refer(to: string): Promise<void> {
    this.#leg.log('refer_sent');
    const headers: [string, string][] = [
      ['Refer-To', `<${to}>`],
      ['Referred-By', this.#leg.phone.contact],
    ];
    const { status, reason } = await this.#leg.ask('REFER', { headers });
    this.#leg.log(status < 300 ? 'refer_accepted' : 'refer_refused', { status, reason });
    if (status >= 300) throw new Error(`the transfer was refused: ${status} ${reason}`);
  }

  /** A request within this call. For the phone. */
  receive(message: SipMessage, from: Address): void {
    this.#leg.receive(message, from);
  }

  /** A provisional answer to our INVITE. For the phone. */
  provisional(sent: Sent, response: SipMessage): void {
    if (sent !== this.#sent || this.state === 'ended') return;
    if (this.#cancelled) this.#sendCancel();
    // An early dialog (RFC 3261, 12.1.2): a call that rings has a tag too, so it can be replaced.
    adopt(this.#leg.dialog, response);
    if (response.status === 100) this.#leg.log('trying_received');
    else if (response.status === 180) this.#leg.log('ringing_received');
    else this.#leg.log('progress_received', { status: response.status });
  }

  /** A 2xx came again, so the ACK was lost. For the phone. */
  repeatAck(response: SipMessage): void {
    const { number, method } = cseq(response);
    if (method === 'INVITE' && response.status < 300 && number === this.#leg.dialog.cseq) this.#leg.ack();
  }

  #accepted(response: SipMessage): void {
    adopt(this.#leg.dialog, response);
    this.#leg.ack();
    this.#leg.state = 'up';
    this.#leg.log('answer_received');
    this.#leg.speak(response);
    // The answer crossed our CANCEL: the call is up, so it is ended the other way.
    if (this.#cancelled) this.#leg.bye().catch(() => {});
  }

  #sendCancel(): void {
    if (this.#sent === null) return;
    this.#leg.log('cancel_sent');
    this.#leg.phone.endpoint.cancel(this.#sent, this.#leg.phone.pbx);
  }
}

const REASONS: Record<number, string> = {
  404: 'Not Found',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  488: 'Not Acceptable Here',
  503: 'Service Unavailable',
  600: 'Busy Everywhere',
  603: 'Decline',
};
