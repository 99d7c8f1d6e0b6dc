// In and out again on copies of whole systems: what is left is what was there, to the last byte.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { install, type Parts, remove, statusOf } from '../../src/freepbx/install/index.js';
import { askedOf, copyOf, differences, everything, quiet, removalOf, stillHost } from './install-lab.js';

const KINDS = ['16', '17', 'bare'] as const;
const etc = (root: string, name: string) => join(root, 'etc/asterisk', name);
const read = (root: string, name: string) => readFileSync(etc(root, name), 'latin1');

describe('dialhook freepbx install and remove', () => {
  for (const kind of KINDS) {
    it(`leaves ${kind} as it was: installed, installed again, removed`, async () => {
      const root = await copyOf(kind);
      const before = everything(root);
      expect((await install(askedOf(root), quiet())).done).to.equal(true);
      const installed = everything(root);
      expect(differences(before, installed)).to.not.deep.equal([]);
      const told: string[] = [];
      expect((await install(askedOf(root), quiet(told))).done).to.equal(false);
      expect(told.join('\n')).to.contain('Nothing to do');
      expect(differences(installed, everything(root))).to.deep.equal([]);
      const status = await statusOf(askedOf(root).places, stillHost);
      expect(status.problems).to.deep.equal([]);
      expect(status.installed).to.equal(true);
      expect((await remove(removalOf(root), quiet())).troubles).to.deep.equal([]);
      expect(differences(before, everything(root))).to.deep.equal([]);
    });

    it(`changes nothing of ${kind} in a dry run, and shows every difference but no password`, async () => {
      const root = await copyOf(kind);
      const before = everything(root);
      const told: string[] = [];
      await install(askedOf(root), { ...quiet(told), dryRun: true });
      expect(differences(before, everything(root))).to.deep.equal([]);
      const text = told.join('\n');
      expect(text).to.contain('+#include dialhook/').and.to.contain('steps:');
      expect(text).to.contain('+secret = …').and.not.to.contain(stillHost.secret());
      await install(askedOf(root), quiet());
      const installed = everything(root);
      await remove(removalOf(root), { ...quiet(told), dryRun: true });
      expect(differences(installed, everything(root))).to.deep.equal([]);
    });
  }

  it('puts everything back, whichever step fails', async () => {
    for (const kind of ['17', 'bare'] as const) {
      const root = await copyOf(kind, kind === 'bare' ? {} : SMALL);
      const before = everything(root);
      const steps = await failEverywhere(
        (parts) => install(askedOf(root), parts),
        () => differences(before, everything(root)),
      );
      expect(steps, kind).to.be.greaterThan(8);
      await install(askedOf(root), quiet());
      const installed = everything(root);
      const back = await failEverywhere(
        (parts) => remove(removalOf(root, { keepData: true }), parts),
        () => differences(installed, everything(root)),
      );
      expect(back, kind).to.be.greaterThan(8);
    }
  }).timeout(60_000);

  it('puts back what a run changed that was killed, before it begins anew', async () => {
    const root = await copyOf('17', { 'extensions_custom.conf': SITE_HOOK });
    const before = everything(root);
    const { doAll } = await import('../../src/freepbx/install/doing.js');
    const { planInstall } = await import('../../src/freepbx/install/plan.js');
    const asked = askedOf(root);
    const plan = await planInstall(asked);
    // As kill -9 does it: the rest is not done, and nothing is put back.
    const cut = plan.changes.findIndex((one) => one.kind === 'write' && one.path.endsWith('extensions_custom.conf'));
    const never = new Promise<never>(() => undefined);
    const halfway = { ...{ kind: 'act' as const, says: 'killed here', undo: null }, do: () => never };
    let reached = () => undefined as unknown;
    const there = new Promise((resolve) => {
      reached = () => resolve(undefined);
    });
    void doAll([...plan.changes.slice(0, cut + 1), halfway, ...plan.changes.slice(cut + 1)], plan.backup, {
      root,
      records: asked.places.records,
      tell: () => undefined,
      at: (index, when) => (index === cut + 1 && when === 'before' ? void reached() : undefined),
    });
    await there;
    expect(read(root, 'extensions_custom.conf')).to.contain('#include dialhook/');
    const told: string[] = [];
    await install(asked, quiet(told));
    expect(told.join('\n')).to.contain('cut off').and.to.contain('put back');
    expect((await statusOf(asked.places, stillHost)).problems).to.deep.equal([]);
    await remove(removalOf(root), quiet());
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('leaves a hook that the site has, and calls ours from it', async () => {
    const root = await copyOf('17', { 'extensions_custom.conf': SITE_HOOK });
    const before = everything(root);
    const told: string[] = [];
    await install(askedOf(root), quiet(told));
    const text = read(root, 'extensions_custom.conf');
    expect(text).to.contain(
      'same => n,Set(SITE=1)\nexten => s,n,Gosub(dialhook-freepbx-trunk,s,1) ; dialhook\n same => n,Return()\n',
    );
    expect(read(root, 'dialhook/freepbx/hooks.conf'))
      .to.contain('macro-dialout-one')
      .and.not.to.contain('macro-dialout-trunk');
    const status = await statusOf(askedOf(root).places, stillHost);
    expect(status.hooks.find(({ context }) => context.includes('trunk'))?.state).to.equal('called');
    expect(status.problems).to.deep.equal([]);
    await remove(removalOf(root), quiet());
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('warns of the hook of a FreePBX 16 on 17', async () => {
    const root = await copyOf('17', { 'extensions_custom.conf': SITE_HOOK.replace('Return()', 'MacroExit()') });
    const told: string[] = [];
    await install(askedOf(root), quiet(told));
    expect(told.join('\n')).to.match(/WARNING: \[macro-dialout-trunk-predial-hook\].*MacroExit\(\).*dies/);
    expect(await copyOf('16', { 'extensions_custom.conf': SITE_HOOK })).to.be.a('string');
  });

  it('takes out only its own lines of a file that was edited meanwhile', async () => {
    const root = await copyOf('16', { 'extensions_custom.conf': SITE_HOOK, 'globals_custom.conf': '; mine\nA = 1' });
    await install(askedOf(root), quiet());
    expect(read(root, 'globals_custom.conf')).to.equal('; mine\n#include dialhook/freepbx/globals.conf\nA = 1');
    const edited = `[before]\nexten => 1,1,NoOp()\n${read(root, 'extensions_custom.conf')}[after]\r\nexten => 1,1,NoOp(\xe9)\r\n`;
    writeFileSync(etc(root, 'extensions_custom.conf'), edited, 'latin1');
    await remove(removalOf(root), quiet());
    expect(read(root, 'extensions_custom.conf')).to.equal(
      `[before]\nexten => 1,1,NoOp()\n${SITE_HOOK}[after]\r\nexten => 1,1,NoOp(\xe9)\r\n`,
    );
    expect(read(root, 'globals_custom.conf')).to.equal('; mine\nA = 1');
  });

  it('finds its lines lost after a restore of an old system, and brings them back', async () => {
    const root = await copyOf('17');
    await install(askedOf(root), quiet());
    for (const name of ['extensions_custom.conf', 'globals_custom.conf', 'manager_custom.conf'])
      writeFileSync(etc(root, name), `; of the old system\n${name === 'extensions_custom.conf' ? SITE_HOOK : ''}`);
    writeFileSync(etc(root, 'extensions_override_freepbx.conf'), '');
    const lost = await statusOf(askedOf(root).places, stillHost);
    expect(lost.problems.join('\n')).to.contain('extensions_custom.conf has lost').and.to.contain('is lost');
    expect((await install(askedOf(root), quiet())).done).to.equal(true);
    expect((await statusOf(askedOf(root).places, stillHost)).problems).to.deep.equal([]);
    await remove(removalOf(root), quiet());
    expect(read(root, 'extensions_custom.conf')).to.equal(`; of the old system\n${SITE_HOOK}`);
    expect(read(root, 'manager_custom.conf')).to.equal('; of the old system\n');
  });

  it('takes our lines out of the files of an old system where nothing is installed', async () => {
    const root = await copyOf('17', {
      'extensions_custom.conf': '#include dialhook/freepbx/extensions.conf\n[a]\nexten => 1,1,NoOp()\n',
    });
    await remove(removalOf(root), quiet());
    expect(read(root, 'extensions_custom.conf')).to.equal('[a]\nexten => 1,1,NoOp()\n');
  });

  it('keeps settings and secret with --keep-data, and goes on with them', async () => {
    const root = await copyOf('17');
    const before = everything(root);
    await install(askedOf(root), quiet());
    const config = readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8');
    expect(config).to.contain(`DIALHOOK_AMI_SECRET=${stillHost.secret()}`);
    mkdirSync(join(root, 'var/lib/dialhook'), { recursive: true });
    writeFileSync(join(root, 'var/lib/dialhook/dialhook.sqlite'), 'data');
    await remove(removalOf(root, { keepData: true }), quiet());
    expect(readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8')).to.equal(config);
    expect(existsSync(etc(root, 'dialhook'))).to.equal(false);
    expect((await statusOf(askedOf(root).places, stillHost)).installed).to.equal(false);
    const other = { ...stillHost, secret: () => 'another secret' };
    await install(askedOf(root, { host: other }), quiet());
    expect(read(root, 'dialhook/freepbx/manager.conf')).to.contain(`secret = ${stillHost.secret()}`);
    await remove(removalOf(root), quiet());
    // The folder above was there for the test's own data.
    expect(differences(before, everything(root)).filter((one) => !/new var(\/lib)?$/.test(one))).to.deep.equal([]);
  });

  it('follows a link of the owner, and keeps it a link', async () => {
    const root = await copyOf('bare');
    mkdirSync(join(root, 'site'));
    renameSync(etc(root, 'extensions.conf'), join(root, 'site/extensions.conf'));
    symlinkSync('../../site/extensions.conf', etc(root, 'extensions.conf'));
    const before = everything(root);
    await install(askedOf(root), quiet());
    expect(readFileSync(join(root, 'site/extensions.conf'), 'utf8')).to.contain(
      '[globals]\n#include dialhook/plain/globals.conf\nTRUNK',
    );
    await remove(removalOf(root), quiet());
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('gives the manager user its rights alone, and nobody else its password', async () => {
    const root = await copyOf('17');
    await install(askedOf(root), quiet());
    const text = read(root, 'dialhook/freepbx/manager.conf');
    expect(text).to.contain('permit = 127.0.0.1').and.to.contain('read = call,agent\nwrite = originate,reporting');
    for (const path of ['etc/asterisk/dialhook/freepbx/manager.conf', 'etc/dialhook/dialhook.conf'])
      expect(statSync(join(root, path)).mode & 0o777, path).to.equal(0o640);
  });

  it('lets one run at a time', async () => {
    const root = await copyOf('17');
    let second: unknown;
    const first = install(askedOf(root), {
      ...quiet(),
      at: (index, when) => {
        if (index === 0 && when === 'before') second = install(askedOf(root), quiet()).catch((error: unknown) => error);
      },
    });
    await first;
    expect(String(await second)).to.contain('under way');
  });

  it('does nothing where there is no Asterisk', async () => {
    const root = await copyOf('bare');
    const asked = askedOf(root);
    const failure = await install({ ...asked, places: { ...asked.places, etc: join(root, 'nowhere') } }, quiet()).catch(
      String,
    );
    expect(failure).to.contain('--etc');
  });
});

const SITE_HOOK = `[macro-dialout-trunk-predial-hook]
exten => s,1,NoOp(of the site)
 same => n,Set(SITE=1)
 same => n,Return()
`;

/** A system with a hook of its own, and next to nothing generated: it is read some hundred times. */
const SMALL = {
  'extensions_custom.conf': SITE_HOOK,
  'extensions_additional.conf': '; made by FreePBX\n[globals]\n#include globals_custom.conf\n',
};

/** Runs it once for each place where it can fail; gives the number of its steps, or -1 when it never came to an end. */
async function failEverywhere(run: (parts: Parts) => Promise<unknown>, left: () => string[]): Promise<number> {
  // After a step is before the next one, so only the very first place is left out: there nothing was done yet.
  for (let n = 0; n < 200; n += 1) {
    let reached = false;
    const at: Parts['at'] = (index, when) => {
      if (index !== n || when !== 'after') return;
      reached = true;
      throw new Error(`step ${n} failed`);
    };
    const failed = await run({ ...quiet(), at }).then(
      () => '',
      (error: unknown) => String(error),
    );
    if (!reached) return n;
    expect(failed).to.contain(`step ${n} failed`);
    expect(left(), `step ${n}`).to.deep.equal([]);
  }
  return -1;
}
