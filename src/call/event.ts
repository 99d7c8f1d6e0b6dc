// Pure. What an event is: one fact about one call, named by the dialplan at the moment it happens,
// written as one line of URL-encoded pairs. The same line travels in a FastAGI request, a spool file and the journal.

import type { z } from 'zod';
import { clean } from './fields.js';
import { EVENTS } from './kinds.js';

export { EVENTS } from './kinds.js';

/** Longest event line that is read, in bytes. Asterisk cuts an AGI() call at 8,191 bytes, so a longer one is never whole. */
export const MAX_LINE_BYTES = 8192;
export type EventKind = keyof typeof EVENTS;
export type EventOf<K extends EventKind> = z.output<(typeof EVENTS)[K]>;
/** One checked event. `at` is milliseconds since the epoch by the PBX's clock. */
export type CallEvent = { [K in EventKind]: EventOf<K> }[EventKind];
/** The kinds that speak of an operator, not of a call's progress. */
export const OPERATOR_EVENTS = [
  'login',
  'logout',
  'pause',
  'unpause',
  'wrapup',
  'wrapped',
] as const satisfies readonly EventKind[];

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

/** The fields that are milliseconds here and seconds on the line. */
const WRITTEN: Record<string, (ms: number) => string> = {
  at: (ms) => (ms / 1000).toFixed(3),
  until: (ms) => String(Math.round(ms / 1000)),
  since: (ms) => String(Math.round(ms / 1000)),
};

/** Writes fields as an event line; empty and null fields are left out. `at`, `until` and `since` are taken in milliseconds. */
export function formatLine(fields: Record<string, string | number | null | undefined>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined || value === '') continue;
    out.append(key, WRITTEN[key]?.(Number(value)) ?? String(value));
  }
  return out.toString();
}
