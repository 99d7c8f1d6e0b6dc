import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { shareOut } from '../../scripts/test/shares.js';
import { filesOf, SUITES } from '../../scripts/test/suites.js';

describe('test run: who runs which files', () => {
  it('gives every file to one process, and the long ones to different ones', () => {
    const files = [
      ...['stories/stories', 'dialplan/fraud', 'simulator/truth'].map((name) => `test/${name}.pbx.test.ts`),
      ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `test/lab/${name}.pbx.test.ts`),
    ];
    const shares = shareOut(files, 3);
    expect(shares.flat().sort()).to.deep.equal([...files].sort());
    expect(shares.map((share) => share.filter((file) => files.indexOf(file) < 3).length)).to.deep.equal([1, 1, 1]);
    // The shortest of the three long ones has room for the most of the others.
    expect(shares.map((share) => share.length)).to.deep.equal([1, 4, 4]);
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
