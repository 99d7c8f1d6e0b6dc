// The host's clock is set back: what goes by durations goes on.
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { openJournal } from '../../src/record/journal.js';
import { startLoop } from '../../src/record/loop.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from '../store/migrations.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a loop on a host whose clock is set back', () => {
  it('still notices that the database went away', async () => {
    const folder = temporaryFolder('clock');
    const real = openDatabase(`sqlite:${join(folder, 'test.sqlite')}`);
    await migrate(real, MIGRATIONS);
    let gone = false;
    const db: Db = {
      ...real,
      get knex() {
        if (gone) throw new Error('connect ECONNREFUSED');
        return real.knex;
      },
    };
    const journal = await openJournal(join(folder, 'journal'));
    let shift = 0;
    const loop = startLoop({ db, journal, server: 'one', log: quiet, now: () => Date.now() + shift });
    try {
      await until(() => loop.status().up, { what: 'the loop is up' });
      shift = -3_600_000;
      gone = true;
      await until(() => !loop.status().up, { what: 'the loop notices' });
      expect(loop.status().error).to.contain('ECONNREFUSED');
    } finally {
      await loop.stop();
      await journal.close();
      await real.close();
      removeFolder(folder);
    }
  });
});
