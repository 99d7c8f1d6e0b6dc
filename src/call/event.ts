// Pure. What an event is: one fact about one call, named by the dialplan at the moment it happens,
// written as one line of URL-encoded pairs. The same line travels in a FastAGI request, a spool file and the journal.
import { z } from 'zod';

/** Version of the line format; the dialplan sends it as `v`. */
export const LINE_VERSION = 1;
/** Longest event line that is read, in bytes. Asterisk cuts an AGI() call at 8,191 bytes, so a longer one is never whole. */
export const MAX_LINE_BYTES = 8192;
/** Longest value of a field kept from outside (caller names, numbers), in characters. */
const MAX_TEXT = 255;

// Anything that comes from outside may hold control characters; they have no place in a row, a log or a page.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/g;
const clean = (s: string) => s.replace(CONTROL, ' ').trim();

const text = z.string().transform((s) => clean(s).slice(0, MAX_TEXT));
const optionalText = text.default('');
/** Ids are ours or Asterisk's: printable ASCII without spaces. */
const id = z
  .string()
  .min(1, 'is empty')
  .max(190, 'is longer than 190 characters')
  .regex(/^[\x21-\x7e]+$/, 'has a character outside printable ASCII');
const optionalId = z.union([z.literal(''), id]).default('');
const word = z
  .string()
  .min(1, 'is empty')
  .max(80, 'is longer than 80 characters')
  .transform((s) => clean(s));
const optionalWord = z.string().max(80, 'is longer than 80 characters').transform(clean).default('');
const whole = z
  .string()
  .regex(/^-?\d{1,9}$/, 'is not a whole number')
  .transform(Number);
const optionalWhole = z
  .union([z.literal('').transform(() => null), whole])
  .nullable()
  .default(null);

const common = {
  v: z.literal('1', { message: 'is not 1, the only version known' }),
  id,
  at: z
    .string()
    .regex(/^\d{9,11}\.\d{3}$/, 'is not seconds.milliseconds of the epoch')
    .transform((s) => Math.round(Number(s) * 1000)),
  pbx: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'is not a name of 1 to 32 letters, digits, - or _'),
  call: id,
  channel: optionalText,
  uniqueid: optionalId,
  linkedid: optionalId,
  /** Who says so: a dialplan hook, the AMI reconciliation, or the server itself. */
  source: z.enum(['hook', 'ami', 'server']).default('hook'),
};
const onChannel = { ...common, channel: text.pipe(z.string().min(1, 'is empty')), uniqueid: id };
const define = <K extends string, F extends z.ZodRawShape>(event: K, fields: F) =>
  z.object({ ...onChannel, event: z.literal(event), ...fields });

/** One entry an event kind: the wire name and its fields beside the common ones. Adding a kind starts here. */
export const EVENTS = {
  /** A call starts: first line of an entry context, on the caller's channel. */
  call: define('call', {
    direction: z.enum(['in', 'out', 'internal']),
    from: optionalText,
    name: optionalText,
    to: optionalText,
    trunk: optionalWord,
    endpoint: optionalWord,
    click: optionalId,
  }),
  /** The call has nowhere to go: the number is not known here. */
  unrouted: define('unrouted', { to: optionalText, reason: optionalWord }),
  /** Before Dial(), on the caller's channel. `trunk` is set when the way leads outside. */
  dial: define('dial', { to: optionalText, trunk: optionalWord }),
  /** After Dial() returned without a talk, on the caller's channel. */
  dialed: define('dialed', { status: optionalWord, cause: optionalWhole }),
  /** Before Queue(), on the caller's channel. */
  enter: define('enter', { queue: word, priority: optionalWhole }),
  /** After Queue() returned, on the caller's channel; `key` when the caller pressed one. */
  leave: define('leave', { queue: word, status: optionalWord, key: optionalWord }),
  /** A member's device is about to ring for a queue: b() of Queue(), on the member's channel. */
  offer: define('offer', { queue: word, endpoint: word }),
  /** A device is about to ring outside any queue: b() of Dial(), on its own channel. */
  ring: define('ring', { endpoint: word }),
  /** A device answered: U() of Dial() or the queue's membergosub, before the bridge. */
  answer: define('answer', { endpoint: word, queue: optionalWord }),
  /** A channel ended: hangup handler. `by` is the channel that hung up first, as Asterisk names it. */
  end: define('end', {
    side: z.enum(['caller', 'callee']),
    endpoint: optionalWord,
    cause: optionalWhole,
    tech: optionalText,
    by: optionalText,
    dialstatus: optionalWord,
    queuestatus: optionalWord,
    abandoned: optionalWord,
  }),
  /** A click reached the dialplan: proof that the PBX carried it out. */
  click: define('click', { click: id, verb: word, target: optionalText, result: optionalWord }),
  /** An operator logs in to queues (names joined by commas), from a phone or by a click. */
  login: define('login', { operator: word, queues: optionalText }),
  logout: define('logout', { operator: word }),
  pause: define('pause', { operator: word, reason: optionalWord }),
  unpause: define('unpause', { operator: word }),
  /** A channel is gone and nobody said so: found by comparing with the PBX. */
  lost: z.object({ ...common, uniqueid: id, event: z.literal('lost'), reason: optionalWord }),
} as const;

export type EventKind = keyof typeof EVENTS;
export type EventOf<K extends EventKind> = z.output<(typeof EVENTS)[K]>;
/** One checked event. `at` is milliseconds since the epoch by the PBX's clock. */
export type CallEvent = { [K in EventKind]: EventOf<K> }[EventKind];
/** The kinds that speak of an operator, not of a call's progress. */
export const OPERATOR_EVENTS = ['login', 'logout', 'pause', 'unpause'] as const satisfies readonly EventKind[];

/** An event that can't be used: why, and which field. The line itself is kept aside by the caller. */
export interface Refusal {
  reason: string;
  field: string;
}
export type Parsed = { ok: true; event: CallEvent } | { ok: false; refusal: Refusal };

const isKind = (name: string): name is EventKind => Object.hasOwn(EVENTS, name);

/**
 * Reads one event line (`v=1&id=…&at=…&event=…`). Never throws. The first value of a repeated key counts
 * (a later one may have been smuggled in through a caller's name).
 */
export function parseLine(line: string): Parsed {
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) return refuse('line', `line is longer than ${MAX_LINE_BYTES} bytes`);
  const fields: Record<string, string> = Object.create(null);
  for (const [key, value] of new URLSearchParams(line)) if (!(key in fields)) fields[key] = value;
  const name = fields['event'] ?? '';
  if (!isKind(name))
    return refuse('event', name === '' ? 'event is missing' : `event "${clean(name).slice(0, 40)}" is unknown`);
  const result = EVENTS[name].safeParse(fields);
  if (result.success) return { ok: true, event: result.data };
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? 'line');
  const value = fields[field];
  return refuse(
    field,
    value === undefined
      ? `${field} is missing`
      : `${field} "${clean(value).slice(0, 40)}" ${issue?.message ?? 'is wrong'}`,
  );
}

const refuse = (field: string, reason: string): Parsed => ({ ok: false, refusal: { field, reason } });

/** Writes fields as an event line; empty and null fields are left out. `at` is taken in milliseconds. */
export function formatLine(fields: Record<string, string | number | null | undefined>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined || value === '') continue;
    out.append(key, key === 'at' ? (Number(value) / 1000).toFixed(3) : String(value));
  }
  return out.toString();
}
