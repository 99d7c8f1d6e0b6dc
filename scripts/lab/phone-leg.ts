// The plumbing of one call of a phone: its dialog, its state, and what the other side asks within it.
// What a person does with the handset is phone-call.ts.
import type { PhoneEvent, PhoneEventKind, PhoneLog } from './phone-log.js';
import { type Audio, type Direction, formatSdp, mirror, parseSdp } from './sip/audio.js';
import { type Dialog, type Line, nextRequest, type Parts, request } from './sip/dialog.js';
import type { Address } from './sip/endpoint.js';
import { header, type SipMessage, tagOf } from './sip/message.js';
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
  onEnded(callId: string): void;
}

const SDP: [string, string] = ['Content-Type', 'application/sdp'];
const KNOWN = ['INVITE', 'UPDATE', 'CANCEL', 'BYE', 'INFO', 'NOTIFY', 'OPTIONS', 'MESSAGE'];

export class Leg {
  state: CallState;
  readonly phone: CallPhone;
  readonly dialog: Dialog;
  /** The INVITE that came; null for a call of ours. */
  readonly invite: { request: SipMessage; from: Address } | null;
  #sdpVersion = 0;

  constructor(phone: CallPhone, dialog: Dialog, invite: { request: SipMessage; from: Address } | null) {
    this.phone = phone;
    this.dialog = dialog;
    this.invite = invite;
    this.state = invite === null ? 'calling' : 'ringing';
  }

  log(kind: PhoneEventKind, fields: Partial<PhoneEvent> = {}): void {
    this.phone.log.add(kind, this.dialog.callId, fields);
  }

  end(kind: PhoneEventKind, fields: Partial<PhoneEvent> = {}): void {
    this.state = 'ended';
    this.log(kind, fields);
    this.phone.onEnded(this.dialog.callId);
  }

  /** Sends a request within the call and gives its final answer. */
  ask(method: string, parts: Parts = {}, onSent?: (sent: Sent) => void): Promise<SipMessage> {
    return request(this.dialog, this.phone, method, parts, onSent);
  }

  ack(): void {
    this.phone.endpoint.sendAck(nextRequest(this.dialog, this.phone, 'ACK'), this.phone.pbx);
  }

  /** Answers the INVITE that came; `contact` is this phone unless said. */
  reply(status: number, reason: string, body = '', contact = this.phone.contact): void {
    if (this.invite === null) throw new Error('a call of ours has no INVITE to answer');
    const headers: [string, string][] = [['Contact', contact]];
    if (body !== '') headers.push(SDP);
    const toTag = tagOf(this.dialog.local);
    this.phone.endpoint.reply(this.invite.request, this.invite.from, { status, reason, toTag, headers, body });
  }

  async bye(): Promise<number> {
    this.end('bye_sent');
    return (await this.ask('BYE')).status;
  }

  /** A description of our sound; each is a new version. */
  offer(direction: Direction): { type: string; body: string } {
    const media = { host: this.phone.host, port: this.phone.audio.port, direction };
    return { type: 'application/sdp', body: formatSdp(media, ++this.#sdpVersion) };
  }

  /** Sends silence to where that message wants our sound, if this phone speaks at all. */
  speak(message: SipMessage): void {
    const media = parseSdp(message.body);
    if (this.phone.rtp && media !== null) this.phone.audio.speak(media);
  }

  /** A request within this call: answers it, then does what it asks. */
  receive(message: SipMessage, from: Address): void {
    if (message.method === 'ACK') {
      if (this.state === 'up') this.log('ack_received');
      return;
    }
    const offered = message.method === 'INVITE' || message.method === 'UPDATE';
    const known = KNOWN.includes(message.method);
    this.phone.endpoint.reply(message, from, {
      status: known ? 200 : 501,
      reason: known ? 'OK' : 'Not Implemented',
      toTag: tagOf(this.dialog.local),
      headers: offered ? [['Contact', this.phone.contact], SDP] : [],
      body: offered ? this.#answerOffer(message) : '',
    });
    this.#react(message);
  }

  #react(message: SipMessage): void {
    const reason = header(message, 'Reason');
    if (message.method === 'CANCEL' && this.state === 'ringing') {
      this.reply(487, 'Request Terminated');
      this.end('cancel_received', { reason });
    }
    if (message.method === 'BYE' && this.state !== 'ended') this.end('bye_received', { reason });
    if (message.method === 'INFO')
      this.log('dtmf_received', { digit: /^Signal\s*=\s*(\S)/im.exec(message.body)?.[1] ?? '' });
    if (message.method === 'NOTIFY') this.#transferNews(message.body);
  }

  #answerOffer(message: SipMessage): string {
    const offer = parseSdp(message.body);
    if (offer === null) return this.offer('sendrecv').body;
    const direction = mirror(offer.direction);
    this.log(direction === 'sendrecv' ? 'resume_received' : 'hold_received');
    return this.offer(direction).body;
  }

  // RFC 3515 §2.4.5: the NOTIFY's body is the status line of the call the transfer made.
  #transferNews(body: string): void {
    const status = Number(/^SIP\/2\.0 (\d{3})/.exec(body)?.[1] ?? 0);
    const kind = status < 200 ? 'transfer_progress' : status < 300 ? 'transferred' : 'transfer_failed';
    this.log(kind, { status });
    // The other two speak now; desk phones leave at this moment, and Asterisk waits half a minute for it.
    if (kind === 'transferred' && this.state === 'up') this.bye().catch(() => {});
  }
}
