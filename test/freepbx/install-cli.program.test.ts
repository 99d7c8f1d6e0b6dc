// The commands as a person types them: words, questions, exit codes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { doors, run, terminal } from '../cli/fakes.js';
import { copyOf, differences, everything } from './install-lab.js';

const typed = (root: string, words: string, io = terminal()) => run(`freepbx ${words} --root ${root}`, doors(), io);

describe('dialhook freepbx, typed', () => {
  it('goes in, says so, asks before it goes out', async () => {
    const root = await copyOf('17');
    const before = everything(root);
    const none = await typed(root, 'status');
    expect([none.code, none.out]).to.deep.equal([1, 'FreePBX 17. Dialhook is not installed here.\n']);
    expect((await typed(root, 'upgrade')).err).to.contain('not installed here');
    const into = await typed(root, 'install --pbx site7');
    expect([into.code, into.err]).to.deep.equal([0, '']);
    expect(readFileSync(join(root, 'etc/asterisk/dialhook/freepbx/site.conf'), 'utf8')).to.contain('DH_PBX = site7\n');
    const status = await typed(root, 'status --json');
    expect(status.code).to.equal(0);
    expect(JSON.parse(status.out)).to.include({ installed: true, kind: 'freepbx' });

    const nobody = await typed(root, 'remove');
    expect([nobody.code, nobody.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 1 && err.includes('--yes'),
    );
    const installed = everything(root);
    const no = await typed(root, 'remove', terminal({ interactive: true, answers: ['n'] }));
    expect([no.code, differences(installed, everything(root))]).to.deep.equal([0, []]);
    const yes = await typed(root, 'remove', terminal({ interactive: true, answers: ['y'] }));
    expect([yes.code, differences(before, everything(root))]).to.deep.equal([0, []]);
    expect(yes.out)
      .to.contain('steps:')
      .and.to.contain('Go on? [y/N]')
      .and.to.match(/Removed\.\n$/);
  });

  it('says which hook the site has taken over, and lets it call ours', async () => {
    const root = await copyOf('16');
    await typed(root, 'install');
    const path = join(root, 'etc/asterisk/extensions_custom.conf');
    const hook = '[macro-dialout-one-predial-hook]\nexten => s,1,NoOp(new)\nexten => s,2,MacroExit()\n';
    writeFileSync(path, hook + readFileSync(path, 'utf8'));
    const taken = await typed(root, 'status');
    expect(taken.code).to.equal(1);
    expect(taken.out).to.contain(
      'the hook [macro-dialout-one-predial-hook] s is overwritten by extensions_custom.conf:2',
    );
    const mended = await typed(root, 'upgrade');
    expect([mended.code, mended.out]).to.satisfy(
      ([code, out]: [number, string]) => code === 0 && out.includes('calls ours'),
    );
    expect((await typed(root, 'status')).code).to.equal(0);
    await typed(root, 'remove --yes');
    expect(readFileSync(path, 'utf8')).to.equal(hook);
  });

  it('refuses what can not be meant', async () => {
    const root = await copyOf('bare');
    for (const words of [
      'install --pbx a/b',
      'install --agi-port 0',
      'install --database dial-hook',
      'install --etc /nowhere',
    ])
      expect((await typed(root, words)).code, words).to.equal(2);
  });
});
