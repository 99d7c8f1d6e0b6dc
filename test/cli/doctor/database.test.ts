import { expect } from 'chai';
import { database } from '../../../src/cli/doctor/database.js';
import { ago, journal } from '../../../src/cli/doctor/journal.js';
import { migrations } from '../../../src/cli/doctor/migrations.js';
import type { DatabaseProbe } from '../../../src/cli/doctor/probes.js';
import { rejected } from '../../../src/cli/doctor/rejected.js';
import { probes } from '../fakes.js';
import { look } from './eye.js';

const env = { DIALHOOK_DATABASE_URL: 'mysql://user:hush@192.0.2.1/dialhook' };
const holds = (more: Partial<DatabaseProbe>) => ({ database: { ...probes().database, ...more } });

describe('doctor: the database', () => {
  it('answers, slowly, or not at all; its password is never shown', async () => {
    expect((await look(database, { env })).says).to.match(
      /^MariaDB 10.11.6 answers at mysql:\/\/user:\(hidden\)@192.0.2.1\/dialhook after \d+ ms$/,
    );
    const slow = holds({ product: () => new Promise((resolve) => setTimeout(() => resolve('MySQL 8'), 250)) });
    expect((await look(database, { env, probes: slow })).state).to.equal('warn');
    const refused = holds({
      product: () => Promise.reject(Object.assign(new Error('Access denied'), { code: 'ER_ACCESS_DENIED_ERROR' })),
    });
    const found = await look(database, { env, probes: refused });
    expect(found).to.include({ state: 'fail' });
    expect(found.says).to.contain('the database refuses user or password').and.not.contain('hush');
  });

  it('is skipped while the embedded one was never started', async () => {
    expect((await look(database, { env: { DIALHOOK_DATA_DIR: '/not/here' } })).state).to.equal('skip');
  });

  it('has the tables of this version, or names what is missing', async () => {
    expect((await look(migrations)).state).to.equal('ok');
    const found = await look(migrations, { probes: holds({ pending: async () => ['0002-x.sql'] }) });
    expect(found).to.deep.equal({
      state: 'fail',
      says: '1 migration has not run: 0002-x.sql',
      mend: 'Run `dialhook migrate`.',
    });
  });

  it('holds what the journal holds, or lags behind', async () => {
    expect((await look(journal)).state).to.equal('skip');
    const now = Date.UTC(2026, 0, 12, 9);
    const journals = async () => [{ server: 'host-a', events: 812, lastEventAt: now - 90_000, appliedAt: now }];
    const found = await look(journal, { probes: { ...holds({ journals }), journalBehind: async () => 0 } });
    expect(found).to.include({
      state: 'ok',
      says: 'host-a: 812 events, the last 1 min ago; 0 bytes of the journal here wait for the tables',
    });
    expect(
      (await look(journal, { probes: { ...holds({ journals }), journalBehind: async () => 5_000_000 } })).state,
    ).to.equal('warn');
  });

  it('kept events aside: how many, and why the newest', async () => {
    expect((await look(rejected)).state).to.equal('ok');
    const found = await look(rejected, {
      probes: holds({
        rejected: async () => ({ count: 3, newest: [{ at: Date.UTC(2026, 0, 1), reason: 'queue is missing' }] }),
      }),
    });
    expect(found).to.include({
      state: 'warn',
      says: '3 events could not be used, the newest: 2026-01-01T00:00:00.000Z queue is missing',
    });
  });

  it('says times in their largest unit', () =>
    expect([500, 59_000, 61_000, 7_300_000, 200_000_000].map(ago)).to.deep.equal([
      '1 s',
      '59 s',
      '1 min',
      '2 h',
      '2 d',
    ]));
});
