// Which FreePBX is told: by the version of its framework, whatever that is; else by what it generates.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { install, placesOf, remove, statusOf } from '../../src/freepbx/install/index.js';
import { askedOf, copyOf, differences, everything, quiet, removalOf, stillHost } from './install-lab.js';

describe('dialhook freepbx install, by the version of FreePBX', () => {
  // The fixed part and the places of 15 are those of 16 (docs/freepbx.md); what differs for us is the number that it says of itself.
  it('takes a 15 as one that reaches its hooks by Macro(), and leaves it without a trace', async () => {
    const hook = '[macro-dialout-trunk-predial-hook]\nexten => s,1,NoOp(site)\nexten => s,n,MacroExit()\n';
    const root = await copyOf('16', { 'extensions_custom.conf': hook });
    const module = join(root, 'var/www/html/admin/modules/framework');
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, 'module.xml'), '<module>\n<rawname>framework</rawname>\n<version>15.0.38</version>\n');
    const before = everything(root);
    const told: string[] = [];
    await install(askedOf(root), quiet(told));
    expect((await statusOf(placesOf(root), stillHost)).freepbx).to.equal('15.0.38');
    expect(readFileSync(join(root, 'etc/asterisk/extensions_custom.conf'), 'utf8')).to.match(
      /NoOp\(site\)\nexten => s,n,Gosub\(dialhook-freepbx-trunk,s,1\) ; dialhook\nexten => s,n,MacroExit\(\)\n/,
    );
    // MacroExit() is the right end on it: no warning.
    expect(told.join('\n')).to.not.match(/calls die|MacroExit/);
    await remove(removalOf(root), quiet());
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('tells a version that does not say its number by what it generates', async () => {
    for (const [kind, version] of [
      ['16', '15 or 16'],
      ['17', '17'],
    ] as const) {
      const root = await copyOf(kind);
      expect((await statusOf(placesOf(root), stillHost)).freepbx).to.equal(version);
    }
  });
});
