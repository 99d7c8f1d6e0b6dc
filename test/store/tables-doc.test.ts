import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MIGRATIONS } from './databases.js';

const DOC = fileURLToPath(new URL('../../docs/tables.md', import.meta.url));
/** Told of elsewhere: people in docs/commands.md, imports in docs/imports.md, access in SECURITY.md. */
const ELSEWHERE = /^(users|sessions|clients|clicks|queue_settings|access_|import|rejected_imports)/;

describe('docs/tables.md', () => {
  it('tells of every table of calls and operators, and of none that is not there', () => {
    const sql = readdirSync(MIGRATIONS)
      .map((name) => readFileSync(join(MIGRATIONS, name), 'utf8'))
      .join('\n');
    const made = [...sql.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name = '']) => name);
    const told = [...readFileSync(DOC, 'utf8').matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    );
    expect(told.sort()).to.deep.equal(made.filter((name) => !ELSEWHERE.test(name)).sort());
  });
});
