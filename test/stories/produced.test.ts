// The watch over the fields itself: it must be able to fail, and its exceptions must be true.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EVENTS, type EventKind } from '../../src/call/event.js';
import { ELSEWHERE, type Elsewhere, findings, produced, promised } from './produced.js';
import { allStories } from './story.js';

const all = new Set(promised());
const without = (name: string) => new Set([...all].filter((one) => one !== name));

describe('fields produced by real calls', () => {
  it('are complete when every field had a value', () => {
    expect(findings(all, [])).to.deep.equal([]);
  });

  it('lack a field that was never sent, or always empty', () => {
    expect(findings(without('end.tech'), [])).to.deep.equal(['end.tech: never produced']);
    expect([...produced(['event=end&cause=16&tech='])].sort()).to.deep.equal(['end.cause', 'every event.event']);
  });

  it('may be produced elsewhere, as long as no story does', () => {
    const exception: Elsewhere = { kind: 'end', field: 'tech', file: '', line: '', why: '' };
    expect(findings(without('end.tech'), [exception])).to.deep.equal([]);
    expect(findings(all, [exception])).to.deep.equal(['end.tech: a story produces it']);
  });

  for (const { kind, field, file, line, why } of ELSEWHERE) {
    it(`${kind}.${field} is produced by ${file}`, () => {
      expect(Object.keys(EVENTS[kind].shape)).to.include(field);
      expect(file).to.match(/\.pbx\.test\.ts$/);
      expect(
        readFileSync(file, 'utf8')
          .split('\n')
          .map((one) => one.trim()),
      ).to.include(line);
      expect(why).to.match(/\w{3}/);
    });
  }

  it('are of kinds that all stand in some story', () => {
    const told = new Set(allStories().flatMap((story) => story.events.map((event) => event.event)));
    expect(Object.keys(EVENTS).filter((kind) => !told.has(kind as EventKind))).to.deep.equal([]);
  });
});
