// Pure. All kinds of events and their fields. Adding a kind starts here; what it says of a call is put down in facts.ts.
// docs/events.md tells of each who sends it and when; a test holds the two together.
import { z } from 'zod';
import {
  id,
  instant,
  optionalId,
  optionalSecond,
  optionalText,
  optionalWhole,
  optionalWord,
  pbxName,
  second,
  text,
  whole,
  word,
} from './fields.js';

const common = {
  v: z.literal('1', { message: 'is not 1, the only version known' }),
  id,
  at: instant,
  pbx: pbxName,
  call: id,
  channel: optionalText,
  uniqueid: optionalId,
  linkedid: optionalId,
  /** Who says so: a dialplan hook, the manager interface (what no hook can see), or the server itself. */
  source: z.enum(['hook', 'ami', 'server']).default('hook'),
};
const onChannel = { ...common, channel: text.pipe(z.string().min(1, 'is empty')), uniqueid: id };
const define = <K extends string, F extends z.ZodRawShape>(event: K, fields: F) =>
  z.object({ ...onChannel, event: z.literal(event), ...fields });
/** For what is said of a channel by its id alone, or of no channel. */
const defineLoose = <K extends string, F extends z.ZodRawShape>(event: K, fields: F) =>
  z.object({ ...common, event: z.literal(event), ...fields });

/** One entry an event kind: the wire name and its fields beside the common ones. */
export const EVENTS = {
  // ---- a call begins, and ends
  /** A call starts: first line of an entry context, on the caller's channel. `parent`: the call on another PBX it came from. */
  call: define('call', {
    direction: z.enum(['in', 'out', 'internal']),
    from: optionalText,
    name: optionalText,
    to: optionalText,
    trunk: optionalWord,
    endpoint: optionalWord,
    click: optionalId,
    parent: optionalId,
  }),
  /** The call has nowhere to go: the number is not known here. */
  unrouted: define('unrouted', { to: optionalText, reason: optionalWord }),
  /**
   * A channel ended: hangup handler. `by` is the channel that hung up first, as Asterisk names it; `blind` and `attended` are
   * the channel that transferred, or was transferred to, as BLINDTRANSFER and ATTENDEDTRANSFER tell.
   */
  end: define('end', {
    side: z.enum(['caller', 'callee']),
    endpoint: optionalWord,
    cause: optionalWhole,
    tech: optionalText,
    by: optionalText,
    dialstatus: optionalWord,
    queuestatus: optionalWord,
    abandoned: optionalWord,
    blind: optionalText,
    attended: optionalText,
  }),
  /** A channel is gone and nobody said so: found by comparing with the PBX. */
  lost: z.object({ ...common, uniqueid: id, event: z.literal('lost'), reason: optionalWord }),
  /**
   * A channel lives and nobody announced it, or is of another story than the tables hold: found by comparing with the PBX.
   * `since` is when it began, by the PBX's word; all the rest is so at `at`. `bridge` is shared by those who talk.
   */
  found: define('found', {
    endpoint: optionalWord,
    from: optionalText,
    to: optionalText,
    state: optionalWord,
    application: optionalWord,
    bridge: optionalId,
    since: optionalSecond,
  }),

  // ---- dialling
  /** Before Dial(), on the caller's channel. `trunk` is set when the way leads outside. */
  dial: define('dial', { to: optionalText, trunk: optionalWord }),
  /** After Dial() returned without a talk, on the caller's channel. */
  dialed: define('dialed', { status: optionalWord, cause: optionalWhole }),
  /**
   * A device is about to ring outside any queue: b() of Dial(), on its own channel. `dialler` is the uniqueid of the channel
   * that dials it; `device` is its state before the ring (`inuse`: call waiting).
   */
  ring: define('ring', { endpoint: word, dialler: optionalId, device: optionalWord }),
  /** A device answered: U() of Dial() or the queue's membergosub, before the bridge. */
  answer: define('answer', { endpoint: word, queue: optionalWord, dialler: optionalId }),
  /** The call goes on to another number: by the phone itself (302), or by the dialplan; on the channel that dials on. */
  forward: define('forward', { by: optionalWord, to: optionalText, reason: optionalWord }),

  // ---- queues
  /** Before Queue(), on the caller's channel. */
  enter: define('enter', { queue: word, priority: optionalWhole }),
  /** The caller's place in the queue: B() of Queue() on joining, later from the manager interface when it changes. */
  position: define('position', { queue: word, position: whole, waiting: optionalWhole }),
  /** A member's device is about to ring for a queue: b() of Queue(), on the member's channel. */
  offer: define('offer', { queue: word, endpoint: word, dialler: optionalId, device: optionalWord }),
  /** After Queue() returned, on the caller's channel; `key` when the caller pressed one. */
  leave: define('leave', { queue: word, status: optionalWord, key: optionalWord }),

  // ---- what happens on the way
  /** A menu speaks (`key` empty), or the caller chose in it (`key`: the digits, or timeout, invalid). */
  menu: define('menu', { menu: word, key: optionalWord }),
  /** Music for the other side: the phone holds, and takes back. Only the manager interface tells. */
  hold: define('hold', { endpoint: optionalWord }),
  unhold: define('unhold', { endpoint: optionalWord }),
  /**
   * A transfer. `channel` is the party that goes on; `by` the channel of the one who transfers; `to` the number. Blind: told by
   * the transfer context. Attended: `begun` told by it too, `ok` by the manager interface, with the uniqueid of the one it was
   * joined with (`target`) and that one's call (`other`).
   */
  transfer: define('transfer', {
    kind: z.enum(['blind', 'attended']),
    result: z.enum(['begun', 'ok', 'failed', 'returned']).default('ok'),
    by: optionalText,
    to: optionalText,
    target: optionalId,
    other: optionalId,
  }),
  /** A channel is parked; `by` is the channel of the one who parked it. */
  park: define('park', { lot: optionalWord, slot: optionalWord, by: optionalText, timeout: optionalWhole }),
  /** A parked channel is taken; on the channel of the one who takes it. `parked`: its uniqueid, `other`: its call. */
  retrieve: define('retrieve', { lot: optionalWord, slot: optionalWord, parked: optionalId, other: optionalId }),
  /** Nobody took it in time; on the parked channel, which now goes to `to`. */
  comeback: define('comeback', { lot: optionalWord, slot: optionalWord, to: optionalText }),
  /** Somebody takes a call that rings elsewhere; on the channel of the one who takes it. `target`: what was asked for. */
  pickup: define('pickup', { target: optionalText, picked: optionalId, other: optionalId }),
  /** Into a conference room, and out of it. */
  join: define('join', { room: word, role: z.enum(['leader', 'member']).default('member') }),
  quit: define('quit', { room: word, reason: optionalWord }),
  /** A message was left, or not (`status` FAILED); `length` in seconds. */
  voicemail: define('voicemail', { mailbox: word, status: optionalWord, length: optionalWhole, file: optionalText }),
  /** A recording starts on this channel, and stops (it also stops with the channel). Only a hook knows the file. */
  record: define('record', { file: optionalText, mode: optionalWord }),
  recorded: define('recorded', { file: optionalText, length: optionalWhole }),
  /** A supervisor listens to `target`, whispers to it or speaks with both, on the supervisor's own channel; and stops. */
  spy: define('spy', {
    target: word,
    mode: z.enum(['listen', 'whisper', 'barge']).default('listen'),
    other: optionalId,
  }),
  spied: define('spied', { target: optionalWord }),

  // ---- clicks
  /** A click reached the dialplan: proof that the PBX carried it out. */
  click: define('click', { click: id, verb: word, target: optionalText, result: optionalWord }),

  // ---- operators
  /** An operator logs in to queues (names joined by commas), from a phone or by a click; no channel when the PBX's members say so. */
  login: defineLoose('login', { operator: word, queues: optionalText }),
  /** … and out; `reason` is `lost` when a rule did it. */
  logout: defineLoose('logout', { operator: word, reason: optionalWord }),
  /** A pause begins, or its reason changes. */
  pause: defineLoose('pause', { operator: word, reason: optionalWord }),
  unpause: defineLoose('unpause', { operator: word }),
  /** The wrap-up after a talk begins, or is made longer: until when, whole seconds of the epoch. */
  wrapup: defineLoose('wrapup', { operator: word, until: second, queue: optionalWord }),
  /** The wrap-up is over: the operator said so, its time was up, or nobody ended it and a rule did. */
  wrapped: defineLoose('wrapped', { operator: word, how: z.enum(['done', 'timeout', 'lost']).default('done') }),
} as const;
