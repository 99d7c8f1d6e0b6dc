// What lies on the disk is read by the server's own user alone, also where no unit with a UMask starts it: a command typed on the host
// makes the same files, and they hold callers' numbers and the hashes of passwords.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder } from '../../scripts/lab/leaving.js';
import { openJournal } from '../../src/record/journal.js';
import { takeLock } from '../../src/record/lock.js';
import { serverName } from '../../src/record/recorder.js';
import { openDatabase } from '../../src/store/database.js';

describe('the files of the server', () => {
  let mask: number;
  before(() => {
    mask = process.umask(0o022);
  });
  after(() => void process.umask(mask));

  it('are for its own user alone', async () => {
    const root = temporaryFolder('private');
    const data = join(root, 'lib/dialhook');
    const db = openDatabase(`sqlite:${data}/dialhook.sqlite`);
    await db.knex.raw('CREATE TABLE secrets (hash TEXT)');
    const journal = await openJournal(join(data, 'journal'));
    await journal.append('v=1', 0);
    await serverName(join(data, 'other'));
    const release = await takeLock(join(data, 'lock'));
    const found = ['lib', ...readdirSync(root, { recursive: true, encoding: 'utf8' })];
    expect(found.filter((one) => /sqlite|journal\/|server|lock$/.test(one)).length).to.be.greaterThan(4);
    const open = found.filter(
      (one) => (statSync(join(root, one)).mode & 0o077) !== 0 && statSync(join(root, one)).isFile(),
    );
    const folders = found.filter((one) => (statSync(join(root, one)).mode & 0o077) !== 0);
    await Promise.all([db.close(), journal.close(), release()]);
    expect([open, folders]).to.deep.equal([[], []]);
  });
});
