// docs/events.md is the reference of the events: it and the code name the same kinds and fields, its examples are read by
// the code, and who it says sends a kind is who does.
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EVENTS, type EventKind, parseLine } from '../../src/call/event.js';
import { confFiles, readSteps } from '../dialplan/read.js';
import { EVENTS_DOC, readEventsDoc } from './events-doc.js';

const doc = readEventsDoc(readFileSync(EVENTS_DOC, 'utf8'));
const kinds = Object.keys(EVENTS) as EventKind[];
const fieldsOf = (kind: EventKind) => Object.keys(EVENTS[kind].shape);
/** Fields that every kind has. */
const COMMON = fieldsOf('call').filter((name) => kinds.every((kind) => fieldsOf(kind).includes(name)));

describe('docs/events.md', () => {
  it('has every kind once, and no other', () => {
    expect(doc.kinds.map((kind) => kind.name).sort()).to.deep.equal([...kinds].sort());
  });

  it('has the common fields, all of them and no other', () => {
    expect(doc.common.map((field) => field.name).sort()).to.deep.equal([...COMMON].sort());
  });

  for (const { name, fields, line, sentBy, sentence, when } of doc.kinds) {
    const kind = name as EventKind;
    it(`tells of ${name} exactly its own fields, each with a meaning and an example that is read`, () => {
      const own = fieldsOf(kind).filter((field) => !COMMON.includes(field));
      expect(fields.map((field) => field.name).sort()).to.deep.equal(own.sort());
      for (const field of fields) {
        expect(field.meaning, field.name).to.match(/\w{3}/);
        const example = new URLSearchParams(line);
        example.set(field.name, field.example);
        const parsed = parseLine(example.toString());
        expect(parsed.ok ? '' : parsed.refusal.reason, field.name).to.equal('');
      }
    });

    it(`tells of ${name} in a sentence, when it comes, and by an example line that is read`, () => {
      expect(sentence).to.match(/^[A-Z…].*\.$/);
      expect(when).to.match(/\.$/);
      const parsed = parseLine(line);
      expect(parsed.ok ? parsed.event.event : parsed.refusal.reason).to.equal(name);
      const known = [...COMMON, ...fields.map((field) => field.name)];
      expect([...new URLSearchParams(line).keys()].filter((field) => !known.includes(field))).to.deep.equal([]);
    });

    it(`says who sends ${name}: every place in the dialplan, and none that does not`, () => {
      const named = sentBy.places.filter((place) => !leadsTo(place, kind));
      expect(named, 'places that do not send it').to.deep.equal([]);
      const places = sendersOf(kind).filter((place) => !sentBy.places.includes(place));
      expect(places, 'places that are not named').to.deep.equal([]);
      expect(sentBy.places.length + sentBy.ami.length + (sentBy.server ? 1 : 0), 'senders').to.be.greaterThan(0);
    });

    it(`says of ${name} whether the manager interface or a rule tells it: the code does`, () => {
      const source = sources();
      const says = source.filter(({ text }) =>
        new RegExp(`\\bevent: '${name}'|\\b${name}Line\\b|'${name}'`).test(text),
      );
      if (sentBy.ami.length > 0 || sentBy.server) expect(says, `a file that writes ${name}`).to.not.deep.equal([]);
      for (const event of sentBy.ami) {
        const heard = source.some(({ text }) => new RegExp(`\\b${event}\\b`).test(text));
        expect(heard, `a file that knows ${event}`).to.equal(true);
      }
    });
  }
});

const steps = readSteps(confFiles());
const placeOf = (step: { context: string; exten: string }) => `${step.context},${step.exten}`;

/** The extensions that send a kind. */
function sendersOf(kind: string): string[] {
  const sending = steps.filter((step) => new RegExp(`^dialhook-event,s,1\\(${kind},`).test(step.args));
  return [...new Set(sending.map(placeOf))];
}

/** True when the extension sends the kind, or calls or goes to one that does. */
function leadsTo(place: string, kind: string, seen: string[] = []): boolean {
  if (sendersOf(kind).includes(place)) return true;
  if (seen.includes(place)) return false;
  const [context = ''] = place.split(',');
  const own = steps.filter((step) => placeOf(step) === place);
  const next = own.flatMap((step) =>
    [...step.args.matchAll(/(?:([\w-]+),)?(\w+),1\b/g)].map(([, other = context, exten = '']) => `${other},${exten}`),
  );
  return next.some((one) => one !== 'dialhook-event,s' && leadsTo(one, kind, [...seen, place]));
}

/** The rooms that write lines themselves, as text. */
function sources(): { name: string; text: string }[] {
  const root = new URL('../../src/', import.meta.url);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const rooms = names.filter((name) => /^(reconcile|watch|serve|ami|record)\/.*\.ts$/.test(name));
  return rooms.map((name) => ({ name, text: readFileSync(new URL(name, root), 'utf8') }));
}
