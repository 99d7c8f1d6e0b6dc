// docs/dialplan.md is the reference of the hooks: its tables name what exists, all of it and nothing else.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EVENTS, type EventKind } from '../../src/call/event.js';
import { HOOKS } from '../../src/hooks/index.js';
import { code, confFiles, FOLDER, readSteps } from './read.js';

const guide = readFileSync(`${FOLDER}/../docs/dialplan.md`, 'utf8');
const HEAD = ['v', 'id', 'at', 'pbx', 'call', 'event', 'channel', 'uniqueid', 'linkedid', 'source'];

/** Rows of the table below a heading, as cells. */
function table(heading: string): string[][] {
  const section = guide.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
const words = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');

describe('docs/dialplan.md', () => {
  it('has every event kind with exactly its own fields', () => {
    const rows = table('Events');
    expect(rows.map((row) => words(row[0])[0]).sort()).to.deep.equal(Object.keys(EVENTS).sort());
    for (const row of rows) {
      const kind = words(row[0])[0] as EventKind;
      const own = Object.keys(EVENTS[kind].shape).filter((name) => !HEAD.includes(name));
      expect(words(row[3]).sort(), kind).to.deep.equal(own.sort());
    }
  });

  it('has every AGI command with the variables it sets', () => {
    const rows = table('AGI commands');
    expect(rows.map((row) => words(row[0])[0])).to.deep.equal(HOOKS.map((hook) => hook.path));
    for (const hook of HOOKS) {
      const row = rows.find((cells) => words(cells[0])[0] === hook.path) ?? [];
      expect(words(row[2]).sort(), hook.path).to.deep.equal([...hook.sets].sort());
      expect(
        row.every((cell) => cell !== ''),
        hook.path,
      ).to.equal(true);
    }
  });

  it('has every global with its default', () => {
    const text = confFiles().find((file) => file.name === 'dialhook-globals.conf')?.text ?? '';
    const globals = text
      .split('\n')
      .map(code)
      .flatMap((line) => {
        const [, name = '', value = ''] = /^(\w+) =\s*(.*)$/.exec(line) ?? [];
        return name === '' ? [] : [[name, value]];
      });
    const listed = table('Globals').map((row) => [words(row[0])[0], row[1] === 'empty' ? '' : words(row[1])[0]]);
    expect(listed).to.deep.equal(globals);
  });

  it('names only subroutines that exist', () => {
    const steps = readSteps(confFiles());
    const named = [...guide.matchAll(/(?:Gosub\(([\w-]+),(\w+),1|\b[bU]\(([\w-]+)|membergosub = ([\w-]+))/g)];
    expect(named.length).to.be.greaterThan(25);
    for (const [text, context = '', exten = 's', option, member] of named) {
      const place = option ?? member ?? context;
      expect(
        steps.some((s) => s.context === place && s.exten === exten),
        text,
      ).to.equal(true);
    }
  });

  it('names every result that a click can have', () => {
    const steps = readSteps(confFiles());
    const told = steps.flatMap((s) =>
      [
        ...s.args.matchAll(
          /dialhook-told,s,1\(\w+,(\w+)\)|DH_RESULT=([a-z_]+)$|\?Set\(DH_RESULT=([a-z_]+)\)|\?(\w+):(\w+)\)\}$/g,
        ),
      ].flatMap((m) => (s.args.includes('DH_RESULT') || s.args.includes('dialhook-told') ? m.slice(1) : [])),
    );
    const results = new Set(told.filter((word) => word !== undefined && word !== ''));
    expect(results.size).to.be.greaterThan(7);
    const paragraph = guide.split('Result of a click:')[1]?.split('\n\n')[0] ?? '';
    expect([...results].filter((word) => !words(paragraph).includes(word ?? ''))).to.deep.equal([]);
  });
});
