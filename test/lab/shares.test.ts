import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { shareOut } from '../../scripts/test/shares.js';
import { filesOf, SUITES } from '../../scripts/test/suites.js';

describe('test run: who runs which files', () => {
  it('gives every file to one process, the longest first, each to the one with the least to do', () => {
    const seconds: Record<string, number> = { a: 1, b: 10, c: 2, d: 8, e: 7, f: 1 };
    const shares = shareOut(['a', 'b', 'c', 'd', 'e', 'f'], 3, (file) => seconds[file] ?? 0);
    expect(shares).to.deep.equal([['b'], ['a', 'd', 'f'], ['c', 'e']]);
  });

  it('starts no process without a file', () => {
    expect(shareOut(['test/a.test.ts'], 3)).to.deep.equal([['test/a.test.ts']]);
    expect(shareOut([], 3)).to.deep.equal([]);
  });

  it('leaves to another suite what another suite runs, and nothing else', () => {
    for (const { name, suffix, without = [] } of SUITES)
      for (const file of without) {
        expect(existsSync(file), `${file}, which ${name} leaves out`).to.equal(true);
        const others = SUITES.filter((suite) => suite.suffix === suffix && filesOf(suite).includes(file));
        expect(others, `suites that run ${file}`).to.not.deep.equal([]);
      }
  });
});
