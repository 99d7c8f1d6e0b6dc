import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { playAgain } from '../../scripts/test/again.js';
import { runSuite } from '../../scripts/test/suite.js';
import { filesOf } from '../../scripts/test/suites.js';

describe('test run: a suite', function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = temporaryFolder('suite');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  after(() => removeFolder(folder));

  const lines: string[] = [];
  const run = (text: string, limitSeconds = 20) => {
    const file = join(folder, 'one.test.ts');
    writeFileSync(file, text);
    lines.length = 0;
    return runSuite({
      suite: 'trial',
      files: [file],
      env: { DIALHOOK_LEAK_MS: '200' },
      limitSeconds,
      print: (line) => lines.push(line),
    });
  };

  it('counts what passes, fails and is skipped, lets output through, and fails for what was left open', async () => {
    const result = await run(`
      import { createServer } from 'node:http';
      it('holds', () => console.log('seen'));
      it.skip('is not written', () => {});
      it('listens', () => void createServer().listen(0, '127.0.0.1'));
      it('breaks', () => { throw new Error('the reason'); });`);
    expect([result.passed, result.skipped]).to.deep.equal([2, ['is not written']]);
    const [broken, left] = result.failures.map(({ text }) => text);
    expect(broken).to.match(/^Error: the reason\n.*one\.test\.ts/);
    expect(left).to.match(/something was not closed: .*TCPServerWrap/);
    expect(result.failures).to.have.length(2);
    expect(lines).to.include('    | seen').and.include('    FAILED: breaks');
  });

  it('fails when a test file does not load', async () => {
    const result = await run("import './nowhere.js';");
    expect(result.failures[0]?.text).to.match(/in the middle of: the load of the files\n.*nowhere/s);
  });

  it('fails without a file and without a test', async () => {
    const none = await runSuite({ suite: 'trial', files: [], env: {}, limitSeconds: 1, print: () => {} });
    expect(none.failures[0]?.text).to.match(/it has no file/);
    expect((await run('export {};')).failures[0]?.text).to.equal('its files hold no test');
  });

  it('is ended at its time limit, and names what was running', async () => {
    const result = await run('await new Promise((resolve) => setTimeout(resolve, 60_000));', 1);
    expect(result.failures[0]?.text).to.equal('it took longer than 1 s; running was: the load of the files');
  });

  it('plays a file again whose test failed; it must hold whole, and not too many may need it', async () => {
    const again = async (text: string, allowed = 1) => {
      const result = await run(text);
      const trial = { suite: 'trial', files: [], env: { DIALHOOK_LEAK_MS: '200' }, limitSeconds: 20, print: () => {} };
      await playAgain(trial, result, allowed, () => 20);
      return [result.passed, result.failures.map((one) => one.title), result.unstable.map((one) => one.title)];
    };
    const seen = join(folder, 'seen');
    const once = `
      import { existsSync, writeFileSync } from 'node:fs';
      it('holds', () => {});
      it('fails once', () => {
        if (existsSync('${seen}')) return;
        writeFileSync('${seen}', '');
        throw new Error('at first');
      });`;
    expect(await again(once)).to.deep.equal([2, [], ['fails once']]);
    expect(await again("it('holds', () => {}); it('fails', () => { throw new Error('always'); });")).to.deep.equal([
      1,
      ['fails'],
      [],
    ]);
    rmSync(seen);
    expect(await again(once, 0)).to.deep.equal([1, ['fails once'], []]);
    rmSync(seen);
    // Whatever else fails the second time: the file is not well.
    const other = `${once}\nit('fails then', () => { if (existsSync('${seen}2')) throw new Error('later'); writeFileSync('${seen}2', ''); });`;
    expect(await again(other)).to.deep.equal([2, ['fails once'], []]);
  });

  it('takes files by their suffix; the plain one takes those that have no other', () => {
    mkdirSync(join(folder, 'tree/deep'), { recursive: true });
    for (const name of ['a.test.ts', 'b.db.test.ts', 'deep/c.test.ts', 'd.ts'])
      writeFileSync(join(folder, 'tree', name), '');
    const of = (suffix: string) =>
      filesOf({ name: 'x', suffix, env: {}, limitSeconds: 1, need: () => {} }, join(folder, 'tree')).map((path) =>
        path.slice(folder.length + 6),
      );
    expect(of('.test.ts')).to.deep.equal(['a.test.ts', 'deep/c.test.ts']);
    expect(of('.db.test.ts')).to.deep.equal(['b.db.test.ts']);
  });
});
