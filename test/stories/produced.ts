// Which fields of which events real calls have produced. A field that the reference promises and nothing ever sends is a lie.
import { EVENTS, type EventKind } from '../../src/call/event.js';

/** A field that no played story produces, but another test on a real Asterisk does. */
export interface Elsewhere {
  kind: EventKind;
  field: string;
  /** The test, and the line of it that asserts the value, word for word. */
  file: string;
  line: string;
  /** Why no story can. */
  why: string;
}

export const ELSEWHERE: readonly Elsewhere[] = [];

const KINDS = Object.keys(EVENTS) as EventKind[];
const fieldsOf = (kind: EventKind) => Object.keys(EVENTS[kind].shape);
/** Fields that docs/events.md tells of once, for all kinds. */
const COMMON = fieldsOf('call').filter((field) => KINDS.every((kind) => fieldsOf(kind).includes(field)));
const nameOf = (kind: string, field: string) => `${COMMON.includes(field) ? 'every event' : kind}.${field}`;

/** `kind.field` for every field of docs/events.md. */
export const promised = (): string[] => [
  ...new Set(KINDS.flatMap((kind) => fieldsOf(kind).map((field) => nameOf(kind, field)))),
];

/** `kind.field` for every field that has a value in some of the lines. */
export function produced(lines: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  for (const line of lines) {
    const fields = new URLSearchParams(line);
    for (const [field, value] of fields) if (value !== '') seen.add(nameOf(fields.get('event') ?? '', field));
  }
  return seen;
}

/** What is wrong with what was produced: promised and seen nowhere, or said to be produced elsewhere only and yet seen here. */
export function findings(seen: ReadonlySet<string>, elsewhere: readonly Elsewhere[] = ELSEWHERE): string[] {
  const others = elsewhere.map(({ kind, field }) => nameOf(kind, field));
  const never = promised().filter((name) => !seen.has(name) && !others.includes(name));
  const needless = others.filter((name) => seen.has(name));
  return [...never.map((name) => `${name}: never produced`), ...needless.map((name) => `${name}: a story produces it`)];
}
