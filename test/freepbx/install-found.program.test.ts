// What an installation finds on a host: lists and #exec, data and units of before, the user that Asterisk runs as, patterns of the site.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { install, remove, statusOf } from '../../src/freepbx/install/index.js';
import { askedOf, copyOf, differences, everything, quiet, removalOf, stillHost } from './install-lab.js';

const etc = (root: string, name: string) => join(root, 'etc/asterisk', name);
const read = (root: string, name: string) => readFileSync(etc(root, name), 'latin1');

describe('dialhook freepbx install, by what it finds', () => {
  it('switches the lists on where #exec runs, and a line written by hand gives way to ours', async () => {
    const byHand =
      '#exec /bin/sh /etc/asterisk/dialhook/exec/dialhook-lists.sh /var/spool/asterisk/dialhook/lists.conf\n';
    const root = await copyOf('17', { 'extensions_custom.conf': `[site]\n${byHand}` });
    await install(askedOf(root), quiet());
    const line = '#exec /bin/sh /etc/asterisk/dialhook/exec/dialhook-lists.sh /var/spool/dialhook/lists.conf\n';
    expect(read(root, 'dialhook/lists-exec.conf')).to.contain(line);
    expect(read(root, 'dialhook/freepbx/lists.conf')).to.match(/^#tryinclude dialhook\/lists-exec\.conf$/m);
    expect(read(root, 'extensions_custom.conf')).to.not.contain('#exec');
    const config = readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8');
    expect(config).to.contain('DIALHOOK_LISTS_FILE=/var/spool/dialhook/lists.conf\n');
    const path = join(root, 'etc/dialhook/dialhook.conf');
    writeFileSync(path, `DIALHOOK_LISTS_FILE=\n${config}`);
    await install(askedOf(root), quiet());
    expect(existsSync(etc(root, 'dialhook/lists-exec.conf'))).to.equal(false);
    writeFileSync(path, config);
    await install(askedOf(root), quiet());
    expect(read(root, 'dialhook/lists-exec.conf')).to.contain(line);
    // What the server wrote since, and a line that came by hand afterwards: its script is gone with us.
    for (const name of ['lists.conf', 'lists.conf.last', 'events.spool'])
      writeFileSync(join(root, 'var/spool/dialhook', name), '; end 0\n');
    writeFileSync(etc(root, 'extensions_custom.conf'), read(root, 'extensions_custom.conf') + byHand);
    await remove(removalOf(root), quiet());
    expect(read(root, 'extensions_custom.conf')).to.equal('[site]\n');
    expect(existsSync(join(root, 'var/spool/dialhook'))).to.equal(false);

    const bare = await copyOf('bare', { 'asterisk.conf': '[options]\nexecincludes = yes\n' });
    const [before, spool] = [everything(bare), join(bare, 'var/spool/dialhook')];
    await install(askedOf(bare), quiet());
    expect(read(bare, 'dialhook/plain/extensions.conf')).to.contain('\n#include dialhook/lists-exec.conf\n');
    writeFileSync(etc(bare, 'asterisk.conf'), '[options]\nexecincludes = no\n');
    await install(askedOf(bare), quiet());
    expect(existsSync(etc(bare, 'dialhook/lists-exec.conf'))).to.equal(false);
    expect(read(bare, 'dialhook/plain/extensions.conf')).to.not.contain('lists-exec');
    writeFileSync(etc(bare, 'asterisk.conf'), '[options]\nexecincludes = yes\n');
    await remove(removalOf(bare), quiet());
    expect(differences(before, everything(bare))).to.deep.equal([]);

    // A folder that others have too keeps what is theirs.
    mkdirSync(spool, { recursive: true });
    await install(askedOf(bare), quiet());
    for (const name of ['lists.conf', 'events.spool', 'theirs']) writeFileSync(join(spool, name), '');
    await remove(removalOf(bare), quiet());
    expect(readdirSync(spool)).to.deep.equal(['theirs']);
  });

  it('leaves the data of a server that was there before', async () => {
    const root = await copyOf('bare');
    const data = join(root, 'var/lib/dialhook');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'dialhook.sqlite'), 'years of calls');
    mkdirSync(join(root, 'etc/dialhook'), { recursive: true });
    writeFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'DIALHOOK_PBX=site\n');
    const before = everything(root);
    await install(askedOf(root), quiet());
    await install(askedOf(root), quiet());
    const told: string[] = [];
    await remove(removalOf(root), quiet(told));
    expect(told.join('\n')).to.contain('it stays');
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('gives its files to the user that Asterisk runs as, where the folder is root\u2019s', async function () {
    // Only root can give files away.
    if (process.getuid?.() !== 0) this.skip();
    const root = await copyOf('bare', { 'asterisk.conf': '[options]\nrunuser = pbx\nrungroup = pbx ; ours\n' });
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/\npbx:x:1234:1235::/:/\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\npbx:x:1235:\n');
    await install(askedOf(root), quiet());
    const owner = (path: string) => `${statSync(path).uid}:${statSync(path).gid}`;
    expect(owner(etc(root, 'dialhook/plain/manager.conf'))).to.equal('1234:1235');
    expect(owner(join(root, 'var/spool/dialhook'))).to.equal('1234:1235');
    expect(statSync(etc(root, 'dialhook/plain/manager.conf')).mode & 0o007).to.equal(0);
  });

  it('does not step in front of a pattern of the site in from-pstn-custom', async () => {
    const taken = async (exten: string) => {
      const own = `[from-pstn-custom]\nexten => ${exten},1,NoOp(mine)\n same => n,Goto(ext-did,\${EXTEN},1)\n`;
      const root = await copyOf('17', { 'extensions_custom.conf': own });
      await install(askedOf(root), quiet());
      expect(read(root, 'extensions_custom.conf')).to.contain(`exten => ${exten},1,Gosub(dialhook-freepbx-did,s,1)`);
      expect((await statusOf(askedOf(root).places, stillHost)).problems, exten).to.deep.equal([]);
      return read(root, 'dialhook/freepbx/hooks.conf').includes('from-pstn-custom');
    };
    // Asterisk takes the narrower one: these would never be reached beside ours.
    for (const exten of ['_.', '_!', '_[0-9a-z].', '_[+0-9]!']) expect(await taken(exten), exten).to.equal(false);
    for (const exten of ['_X.', '_+998.', '5551000', '_[2-9].']) expect(await taken(exten), exten).to.equal(true);
  });

  it('warns of an override of the site only where ours stands', async () => {
    const warned = async (line: string) => {
      const told: string[] = [];
      const root = await copyOf('16', { 'extensions_override_freepbx.conf': `[sub-record-check]\n${line}\n` });
      await install(askedOf(root), { ...quiet(told), dryRun: true });
      return told.join('\n');
    };
    expect(await warned('exten => exten,1,NoOp(mine)')).to.match(
      /overrides \[sub-record-check\] exten already.*: exten => exten,n,Gosub\(dialhook-freepbx-extension,s,1\(/,
    );
    expect(await warned('exten => page,1,NoOp(mine)')).to.not.contain('overrides [sub-record-check]');
  });
});
