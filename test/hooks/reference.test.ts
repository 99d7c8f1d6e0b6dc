// docs/dialplan.md and the code name the same commands, arguments and variables.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { HOOKS } from '../../src/hooks/index.js';

const TEXT = readFileSync(new URL('../../docs/dialplan.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, cell by cell. */
function table(heading: string): string[][] {
  const section = TEXT.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| `\//.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('docs/dialplan.md, AGI commands', () => {
  const rows = table('AGI commands');

  it('lists the commands of src/hooks, no more and no fewer', () => {
    expect(rows.map(([command]) => command).sort()).to.deep.equal(HOOKS.map((hook) => `\`${hook.path}\``).sort());
  });

  for (const hook of HOOKS) {
    it(`${hook.path}: arguments, variables, cost and failure`, () => {
      const [, given = '', sets = '', costs = '', fails = ''] =
        rows.find(([command]) => command === `\`${hook.path}\``) ?? [];
      const variables = [...sets.matchAll(/`(DH_[A-Z]+)`/g)].map(([, name]) => name);
      expect(variables.sort()).to.deep.equal([...hook.sets].sort());
      if (hook.arguments.length === 0) expect(given).to.equal('none');
      else expect(given).to.contain('URL-encoded pairs');
      expect(costs, 'what it costs').to.not.equal('');
      expect(fails, 'what happens when it fails').to.not.equal('');
    });
  }
});
