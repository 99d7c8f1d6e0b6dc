// The configuration folder belongs to Asterisk's user, and root writes there: what that user puts in root's way, also in the middle of
// it, gives him nothing that is root's.
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { temporaryFolder } from '../../scripts/lab/leaving.js';
import { dropFile, makeFolder, putFile } from '../../src/freepbx/install/files.js';
import { install } from '../../src/freepbx/install/index.js';
import { askedOf, copyOf, differences, everything, quiet } from './install-lab.js';

/** Asterisk's user. */
const THEIRS = { uid: 995, gid: 995 };

describe('dialhook freepbx install, and links in the folder of another user', () => {
  before(function () {
    // Only root can play two users.
    if (process.getuid?.() !== 0) this.skip();
  });

  const folder = () => {
    const root = temporaryFolder('links');
    chmodSync(root, 0o755);
    const [theirs, ours] = [join(root, 'theirs'), join(root, 'ours')];
    for (const path of [theirs, ours]) mkdirSync(path);
    chownSync(theirs, THEIRS.uid, THEIRS.gid);
    writeFileSync(join(ours, 'secret'), 'root alone', { mode: 0o600 });
    return { theirs, ours };
  };
  const rights = (path: string) => {
    const { uid, mode } = statSync(path);
    return `${uid} ${(mode & 0o777).toString(8)}`;
  };
  const refused = async (work: Promise<unknown>) => String(await work.catch((error: unknown) => error));
  const link = (to: string, path: string) => {
    symlinkSync(to, path);
    lchownSync(path, THEIRS.uid, THEIRS.gid);
  };

  it('writes nothing through a folder that is their link to one of root', async () => {
    for (const [name, at] of [
      ['the folder itself', 'dialhook'],
      ['a folder in it', 'dialhook/exec'],
    ] as const) {
      const root = await copyOf('17');
      const etc = join(root, 'etc/asterisk');
      const profile = join(root, 'etc/profile.d');
      mkdirSync(profile);
      if (at !== 'dialhook') mkdirSync(join(etc, 'dialhook'));
      link(profile, join(etc, at));
      const before = everything(root);
      expect(await refused(install(askedOf(root), quiet())), name).to.contain('such a link is not followed');
      expect(differences(before, everything(root)), name).to.deep.equal([]);
    }
  });

  it('gives away no file of root that took the place of a draft', async () => {
    const { theirs, ours } = folder();
    let swapped = false;
    const swap = async () => {
      // As soon as the draft is there it is another one's, as its folder is.
      for (const end = performance.now() + 5000; !swapped && performance.now() < end; await turn()) {
        const draft = readdirSync(theirs).find((name) => name.startsWith('.site.conf.'));
        if (draft === undefined) continue;
        renameSync(join(theirs, draft), join(theirs, 'draft'));
        link(join(ours, 'secret'), join(theirs, draft));
        swapped = true;
      }
    };
    await Promise.allSettled([putFile(join(theirs, 'site.conf'), Buffer.alloc(4_000_000, 'x'), 0o644, THEIRS), swap()]);
    expect(swapped).to.equal(true);
    expect(rights(join(ours, 'secret'))).to.equal('0 600');
  });

  it('does its work in the folder it looked at, whatever takes its place', async () => {
    const { theirs, ours } = folder();
    mkdirSync(join(theirs, 'exec'));
    const put = putFile(join(theirs, 'exec/run.sh'), Buffer.alloc(4_000_000, 'x'), 0o755, THEIRS);
    for (const end = performance.now() + 5000; performance.now() < end; await turn())
      if (readdirSync(join(theirs, 'exec')).length > 0) break;
    renameSync(join(theirs, 'exec'), join(theirs, 'before'));
    link(ours, join(theirs, 'exec'));
    await put;
    expect(readdirSync(ours)).to.deep.equal(['secret']);
    expect(readdirSync(join(theirs, 'before'))).to.deep.equal(['run.sh']);
    for (const work of [
      putFile(join(theirs, 'exec/run.sh'), Buffer.from('x'), 0o755, THEIRS),
      dropFile(join(theirs, 'exec/secret')),
      makeFolder(join(theirs, 'exec/more'), 0o755, THEIRS),
    ])
      expect(await refused(work)).to.contain('such a link is not followed');
    expect(readdirSync(ours)).to.deep.equal(['secret']);
  });

  it('makes folders that are theirs from the beginning to the end', async () => {
    const { theirs } = folder();
    await makeFolder(join(theirs, 'new'), 0o2770, THEIRS);
    expect(rights(join(theirs, 'new'))).to.equal('995 770');
    expect(statSync(join(theirs, 'new')).mode & 0o7000).to.equal(0o2000);
  });
});
