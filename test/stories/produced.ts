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

const LOOK = 'test/reconcile/look.pbx.test.ts';
const UNSEEN = 'test/stories/unseen.pbx.test.ts';
const NO_HOOK = 'every way of the sample dialplan has hooks, so nothing is found there';
const FOUND = "expect(one).to.include({ endpoint: '101', from: '101', to: '102', state: 'up', application: 'Dial' });";

export const ELSEWHERE: readonly Elsewhere[] = [
  {
    ...{ kind: 'call', field: 'parent', file: 'test/stories/two-pbx.pbx.test.ts' },
    line: "expect(there.parent).to.equal(trusted ? here.id : '');",
    why: 'it takes two PBXs',
  },
  {
    ...{ kind: 'lost', field: 'reason', file: UNSEEN },
    line: "expect(lost).to.include({ uniqueid: 'plain-1', source: 'ami', reason: 'gone from the PBX' });",
    why: 'the PBX has to die, or a channel to be gone without a word',
  },
  ...(['endpoint', 'from', 'to', 'state', 'application'] as const).map(
    (field): Elsewhere => ({ kind: 'found', field, file: LOOK, line: FOUND, why: NO_HOOK }),
  ),
  { kind: 'found', field: 'bridge', file: LOOK, line: '.to.equal(two.bridge)', why: NO_HOOK },
  {
    ...{ kind: 'found', field: 'since', file: LOOK, why: NO_HOOK },
    line: 'expect(one.at - (one.since ?? 0)).to.be.within(10_000, 30_000);',
  },
  {
    ...{ kind: 'logout', field: 'reason', file: LOOK },
    line: "expect(await pbx.next('logout')).to.include({ operator: '103', reason: 'lost' });",
    why: 'only a rule gives a reason: who logs out gives none',
  },
];

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
