// Imports go down only, never sideways between rooms of one floor. The floors are those of docs/architecture.md.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** From the roof to the ground. What stands on one line is one floor. */
const FLOORS: readonly (readonly string[])[] = [
  ['main', 'serve'],
  ['hooks', 'web', 'cli'],
  ['actions', 'auth', 'freepbx', 'imports', 'lists', 'reconcile', 'recordings', 'simulator'],
  ['record'],
  ['store', 'agi', 'ami'],
  ['call', 'config', 'log'],
];
/** Each of these libraries is known to one room only. */
const OWNED: Record<string, string> = {
  knex: 'store',
  mysql2: 'store',
  libsql: 'store',
  'asterisk-manager': 'ami',
  express: 'web',
  'express-handlebars': 'web',
  handlebars: 'web',
  helmet: 'web',
  commander: 'cli',
  'prom-client': 'serve',
  '@node-rs/argon2': 'auth',
};

const files = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : name.endsWith('.ts') ? [path] : [];
  });
const roomOf = (path: string): string => {
  const [first = ''] = relative(SRC, path).split('/');
  return first.replace(/\.ts$/, '');
};
const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room));
const importsOf = (path: string): { from: string; line: number }[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, i) => {
      const from = /^(?:import|export)\b.*?from '([^']+)'|^import '([^']+)'|^\} from '([^']+)'|import\('([^']+)'\)/
        .exec(text)
        ?.slice(1)
        .find(Boolean);
      return from ? [{ from, line: i + 1 }] : [];
    });

describe('the house', () => {
  it('knows every room', () => {
    const rooms = new Set(files(SRC).map(roomOf));
    expect([...rooms].filter((room) => floorOf(room) < 0)).to.deep.equal([]);
    expect(rooms.size).to.be.greaterThan(8);
  });

  it('imports downward only', () => {
    const broken: string[] = [];
    for (const path of files(SRC)) {
      for (const { from, line } of importsOf(path)) {
        if (!from.startsWith('.')) continue;
        const here = roomOf(path);
        const there = roomOf(resolve(dirname(path), from).replace(/\.js$/, '.ts'));
        const down = floorOf(there) > floorOf(here) || here === there || floorOf(here) === 0;
        if (!down) broken.push(`${relative(SRC, path)}:${line} ${here} imports ${there}`);
      }
    }
    expect(broken).to.deep.equal([]);
  });

  it('leaves each outside library to the room that owns it', () => {
    const broken: string[] = [];
    for (const path of files(SRC)) {
      for (const { from, line } of importsOf(path)) {
        const owner = Object.entries(OWNED).find(([name]) => from === name || from.startsWith(`${name}/`))?.[1];
        if (owner && owner !== roomOf(path))
          broken.push(`${relative(SRC, path)}:${line} imports ${from}, which belongs to ${owner}`);
      }
    }
    expect(broken).to.deep.equal([]);
  });

  it('keeps the ideas pure: no clock, no network, no files in src/call', () => {
    for (const path of files(join(SRC, 'call'))) {
      const text = readFileSync(path, 'utf8');
      expect(/\bDate\.now\(|new Date\(\)|from 'node:/.test(text), relative(SRC, path)).to.equal(false);
      expect(/\basync\b/.test(text), `${relative(SRC, path)} is async`).to.equal(false);
    }
  });

  it('has no room for odds and ends', () => {
    const rooms = new Set(files(SRC).map(roomOf));
    for (const name of ['utils', 'common', 'services', 'types', 'helpers', 'lib'])
      expect(rooms.has(name), name).to.equal(false);
  });
});
