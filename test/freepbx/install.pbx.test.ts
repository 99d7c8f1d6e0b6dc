// The installation on an Asterisk that runs: it takes everything in without a new complaint, ours stands first, the user of the manager
// interface may do what is needed and nothing else, and afterwards nothing of it is left.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type Asterisk, startAsterisk } from '../../scripts/lab/asterisk.js';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { minimalPbx } from '../../scripts/lab/minimal-pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { extensionOf, parseDialplanShow } from '../../src/freepbx/hooks/dialplan-show.js';
import type { Host } from '../../src/freepbx/install/host.js';
import { type Asked, install, placesOf, remove } from '../../src/freepbx/install/index.js';
import { settingsOf } from '../../src/freepbx/install/settings.js';
import { listsText } from '../../src/lists/text.js';
import { askedOf, copyOf, differences, everything, quiet, removalOf, stillHost } from './install-lab.js';

/**
 * What an override costs: Asterisk says of each priority that ours took that it came second. And a context that stands in for
 * FreePBX's includes what that one includes, whether the site has it or not.
 */
const SECOND =
  /Unable to register extension (at line|'[^']*' priority \d+ in '(sub-record-cancel|sub-record-check|func-apply-sipheaders|macro-[\w-]+-predial-hook)', already in use)|nonexistent context '[\w-]+-custom'/;

const log = { info: () => {}, warn: () => {}, debug: () => {}, error: () => {} };

/** A host whose `asterisk` is one of the lab's. */
const hostOf = (pbx: Asterisk): Host => ({
  ...stillHost,
  live: true,
  async run(program, args) {
    if (program !== 'asterisk' || args[0] !== '-rx') return { code: -1, out: '' };
    return { code: 0, out: await pbx.cli(args[1] ?? '') };
  },
});

async function asking(pbx: Asterisk, more: Partial<Asked> = {}): Promise<Asked> {
  const root = await copyOf('bare');
  rmSync(join(root, 'etc/asterisk'), { recursive: true });
  // Asterisk really runs here, so its paths are those of this host.
  const places = {
    ...placesOf(root, join(pbx.folder, 'etc')),
    root: '/',
    spool: join(root, 'spool'),
    data: join(root, 'data'),
  };
  mkdirSync(places.spool);
  const database = { url: `sqlite:${root}/data/dialhook.sqlite`, admin: '', name: 'dialhook' };
  return { ...askedOf(root), places, host: hostOf(pbx), database, amiUser: 'site', service: false, ...more };
}

/** Problems of the log since a line, without their times and threads. */
const problemsSince = (pbx: Asterisk, from: number) =>
  new Set(
    pbx
      .problems()
      .slice(from)
      .map((line) => line.replace(/^.*?\[\d+\](\[[\w-]+\])? /, '')),
  );

/** What the same reloads say without us. */
async function usual(pbx: Asterisk): Promise<Set<string>> {
  const from = pbx.problems().length;
  for (const command of ['dialplan reload', 'manager reload', 'queue reload parameters']) await pbx.cli(command);
  return problemsSince(pbx, from);
}

const news = (pbx: Asterisk, from: number, known: Set<string>) =>
  [...problemsSince(pbx, from)].filter((line) => !known.has(line) && !SECOND.test(line));

async function loggedIn(pbx: Asterisk, asked: Asked): Promise<Ami> {
  const settings = settingsOf(readFileSync(asked.places.config, 'utf8'));
  const [user = '', secret = ''] = [settings.get('DIALHOOK_AMI_USER'), settings.get('DIALHOOK_AMI_SECRET')];
  const ami = connectAmi({
    host: '127.0.0.1',
    port: Number(settings.get('DIALHOOK_AMI_PORT')),
    user,
    secret,
    log,
  });
  await until(() => ami.state().up, { what: 'the login of the generated user' });
  expect(Number(settings.get('DIALHOOK_AMI_PORT'))).to.equal(pbx.amiPort);
  return ami;
}

const refused = (ami: Ami, name: string, fields: Record<string, string>) =>
  ami.action(name, fields).then(
    () => 'done',
    (error: Error) => `${error.message} ${String(Reflect.get(error, 'reason') ?? '')}`,
  );

describe('dialhook freepbx install on a running PBX', () => {
  describe('FreePBX', () => {
    let pbx: FreepbxPbx;
    let asked: Asked;
    let was: Map<string, string>;
    let known: Set<string>;
    before(async () => {
      pbx = await startFreepbx({ custom: { 'extensions_custom.conf': siteHooks(wantedVersion() === '16') } });
      asked = await asking(pbx);
      // As the server writes it.
      const blacklist = [{ number: '+998000000142', reason: 'threats', until: null }];
      writeFileSync(
        join(asked.places.spool, 'lists.conf'),
        listsText({ blacklist, vips: [], routes: [] }, Date.now()).text,
      );
      was = everything(join(pbx.folder, 'etc'));
      known = await usual(pbx);
    });
    after(async () => {
      await pbx?.remove();
      rmSync(dirname(asked.places.spool), { recursive: true, force: true });
    });

    it('is taken in without a new complaint, and stands first', async () => {
      const from = pbx.problems().length;
      const told: string[] = [];
      await install(asked, quiet(told));
      expect(told.join('\n'))
        .to.match(/asterisk -rx "dialplan reload" \(\d+ ms\)/)
        .and.to.contain('manager reload');
      expect(news(pbx, from, known)).to.deep.equal([]);
      for (const [context, exten] of [
        ['macro-dialout-one-predial-hook', 's'],
        ['macro-dial-ringall-predial-hook', 's'],
        ['sub-record-cancel', 's'],
        ['func-apply-sipheaders', 's'],
        ['from-pstn-custom', '_[+0-9].'],
      ] as const) {
        const shown = parseDialplanShow(await pbx.cli(`dialplan show ${context}`));
        const first = extensionOf(shown.get(context), exten)?.priorities[0];
        expect(first?.data, `${context} ${exten} of ${first?.file}`).to.contain('dialhook-freepbx-');
      }
      expect(await pbx.cli('dialplan show dialhook-list-black')).to.contain("'998000000142'");
      expect(await pbx.cli('dialplan show globals')).to.match(/DH_AGI=127\.0\.0\.1:45\d\d/);
    });

    it('is called by the hooks that the site has, and these return as before', async () => {
      for (const hook of ['trunk', 'hunt']) {
        const context = `macro-${hook === 'trunk' ? 'dialout-trunk' : 'dial-hunt'}-predial-hook`;
        const shown = parseDialplanShow(await pbx.cli(`dialplan show ${context}`));
        const all = extensionOf(shown.get(context), 's')?.priorities ?? [];
        expect(all.map(({ app, data }) => `${app}(${data})`).join(' '), context).to.contain(
          `Gosub(dialhook-freepbx-${hook},s,1)`,
        );
        expect(new Set(all.map(({ file }) => file))).to.deep.equal(new Set(['extensions_custom.conf']));
        await pbx.cli(`channel originate Local/${hook}@site-try/n application NoOp`);
        await until(async () => (await pbx.cli('dialplan show globals')).includes(`TRIED_${hook}=yes by the site`), {
          what: `the return of ${context}`,
        });
      }
      // The call that passed our hook was told: nobody listens, so its lines are spooled.
      await until(() => existsSync(join(asked.places.spool, 'events.spool')), { what: 'lines of our hooks' });
      rmSync(join(asked.places.spool, 'events.spool'));
    });

    it('has a user of the manager interface that clicks and compares, and can do nothing else', async () => {
      const ami = await loggedIn(pbx, asked);
      try {
        await ami.action('CoreShowChannels', {});
        await ami.action('QueueStatus', {});
        await ami.action('Originate', {
          Channel: 'Local/refused@dialhook-sink',
          Context: 'dialhook-sink',
          Exten: 's',
          Priority: '1',
          Async: 'true',
        });
        for (const [name, fields] of [
          ['Command', { Command: 'core show version' }],
          ['Originate', { Channel: 'Local/1@dialhook-sink', Application: 'System', Data: 'true', Async: 'true' }],
          ['UpdateConfig', { SrcFilename: 'manager.conf', DstFilename: 'manager.conf' }],
          ['GetConfig', { Filename: 'manager.conf' }],
          ['DBPut', { Family: 'a', Key: 'b', Val: 'c' }],
          ['ModuleLoad', { Module: 'app_dial.so', LoadType: 'reload' }],
          ['Hangup', { Channel: 'none' }],
          ['Redirect', { Channel: 'none', Context: 'a', Exten: 's', Priority: '1' }],
          ['QueuePause', { Interface: 'x', Paused: 'true' }],
          ['Setvar', { Variable: 'A', Value: 'b' }],
        ] as const)
          expect(await refused(ami, name, fields), name).to.match(/permission|forbidden/i);
      } finally {
        await ami.close();
      }
    });

    it('is gone without a byte', async () => {
      const from = pbx.problems().length;
      await remove({ ...removalOf('/'), places: asked.places, host: asked.host }, quiet());
      expect(differences(was, everything(join(pbx.folder, 'etc')))).to.deep.equal([]);
      for (const context of ['dialhook-event', 'dialhook-list-black'])
        expect(await pbx.cli(`dialplan show ${context}`)).to.match(/no existence/i);
      expect(readdirSync(asked.places.spool)).to.deep.equal([]);
      expect(await pbx.cli('manager show user site')).to.not.match(/secret|read perm/i);
      expect(news(pbx, from, known)).to.deep.equal([]);
    });
  });

  it('the same for an Asterisk whose files people write', async () => {
    const manager =
      '[general]\nenabled = yes\nbindaddr = @AMI_HOST@\nport = @AMI_PORT@\n[lab]\nsecret = @AMI_SECRET@\nread = all\nwrite = all\n';
    const pbx = await startAsterisk({ conf: { ...minimalPbx(['101'], 5999), 'manager.conf': manager } });
    try {
      const asked = await asking(pbx);
      const was = everything(join(pbx.folder, 'etc'));
      const known = await usual(pbx);
      const from = pbx.problems().length;
      await install(asked, quiet());
      expect(news(pbx, from, known)).to.deep.equal([]);
      expect(await pbx.cli('dialplan show globals'))
        .to.contain('DH_PBX=pbx1')
        .and.to.contain(`DH_SPOOL=`);
      const ami = await loggedIn(pbx, asked);
      await ami.close();
      await remove({ ...removalOf('/'), places: asked.places, host: asked.host }, quiet());
      expect(differences(was, everything(join(pbx.folder, 'etc')))).to.deep.equal([]);
      expect(await pbx.cli('dialplan show dialhook-event')).to.match(/no existence/i);
      rmSync(dirname(asked.places.spool), { recursive: true });
    } finally {
      await pbx.remove();
    }
  });
});

/** Two hooks as sites have them: one whose priorities are numbers, one that jumps; and a call that passes through both. */
function siteHooks(macros: boolean): string {
  const end = macros ? 'MacroExit()' : 'Return()';
  const enter = (context: string) => (macros ? `Macro(${context.replace('macro-', '')})` : `Gosub(${context},s,1)`);
  const call = (
    hook: string,
    context: string,
  ) => `exten => ${hook},1,MSet(DIAL_TRUNK=1,DIAL_NUMBER=5550100,EXTTOCALL=600)
 same => n,${enter(context)}
 same => n,Set(GLOBAL(TRIED_${hook})=yes by \${SITE})
 same => n,Hangup()
`;
  return `[macro-dialout-trunk-predial-hook]
exten => s,1,NoOp(of the site)
exten => s,2,Set(SITE=the site)
exten => s,3,${end}
[macro-dial-hunt-predial-hook]
exten => s,1,GotoIf($[1]?set)
 same => n,${end}
 same => n(set),Set(SITE=the site)
 same => n,${end}
[site-try]
${call('trunk', 'macro-dialout-trunk-predial-hook')}${call('hunt', 'macro-dial-hunt-predial-hook')}`;
}
