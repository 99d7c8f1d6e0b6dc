// FreePBX's tables of calls on a real MariaDB, as its installer makes them: which keys are missing, and that the statement adds them.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import type { Finding } from '../../src/cli/doctor/check.js';
import type { FreepbxHost, StockTable } from '../../src/cli/doctor/freepbx/host.js';
import { freepbxFiles, freepbxTables } from '../../src/cli/doctor/freepbx/system.js';
import { recordings } from '../../src/cli/doctor/recordings.js';
import { readConfig } from '../../src/config/load.js';
import { describeTable } from '../../src/store/foreign.js';
import { probes } from '../cli/fakes.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';

describe('doctor: around FreePBX', () => {
  const of = async (check: typeof freepbxTables, host: Partial<FreepbxHost> | null, env: NodeJS.ProcessEnv = {}) => {
    const whole = host && {
      etc: '/none',
      console: async () => '',
      read: async () => '',
      stockTables: async () => [],
      ...host,
    };
    const seen = probes({ freepbxHost: async () => whole });
    const { config } = readConfig({ env, defaultFile: '/none' });
    const found = await check.look({ config, probes: seen, manager: () => seen.manager() });
    return [found].flat() as Finding[];
  };

  describe('its tables of calls', () => {
    let test: TestDb;
    before(async () => {
      test = await emptyDatabase('mysql', true);
      await test.db.knex.raw(
        'CREATE TABLE cdr (calldate DATETIME, uniqueid VARCHAR(32), linkedid VARCHAR(32), did VARCHAR(50), KEY calldate (calldate), KEY uniqueid (uniqueid))',
      );
      await test.db.knex.raw(
        'CREATE TABLE cel (id INT PRIMARY KEY, eventtime DATETIME, uniqueid VARCHAR(150), linkedid VARCHAR(150), KEY u (uniqueid), KEY l (linkedid))',
      );
    });
    after(() => test.remove());
    const stockTables = async (): Promise<StockTable[]> => {
      const seen = await Promise.all(['cdr', 'cel'].map((name) => describeTable(test.db, name)));
      return seen.flatMap((one) => (one === null ? [] : [{ ...one, columns: new Set(one.columns.keys()) }]));
    };

    it('lack keys: which, and the statement that adds each, which works', async () => {
      const found = await of(freepbxTables, { stockTables });
      expect(found.map(({ state, where, says }) => `${state} ${where} ${says.split(':')[0]}`)).to.deep.equal([
        'warn asteriskcdrdb.cdr cdr has no key on linkedid',
        'warn asteriskcdrdb.cel cel has no key on eventtime',
      ]);
      for (const { mend } of found) await test.db.knex.raw(/"(.*)"/.exec(mend)?.[1] ?? '');
      expect((await of(freepbxTables, { stockTables }))[0]?.state).to.equal('ok');
    });

    it('are passed over where they can not be seen', async () => {
      const [found] = await of(freepbxTables, {
        stockTables: () => Promise.reject(new Error('FreePBX is not read (DIALHOOK_FREEPBX_DATABASE_URL)')),
      });
      expect(found).to.include({ state: 'skip' });
      expect((await of(freepbxTables, null))[0]?.state).to.equal('skip');
    });
  });

  describe('its files', () => {
    let etc: string;
    beforeEach(() => {
      etc = temporaryFolder('etc');
    });
    afterEach(() => removeFolder(etc));

    it('with a secret that everybody reads, and dialplan that everybody writes', async () => {
      writeFileSync(join(etc, 'manager_custom.conf'), 'secret = x');
      writeFileSync(join(etc, 'extensions_custom.conf'), '');
      chmodSync(join(etc, 'manager_custom.conf'), 0o644);
      chmodSync(join(etc, 'extensions_custom.conf'), 0o666);
      const found = await of(freepbxFiles, { etc });
      expect(found.map(({ state, mend }) => `${state} ${mend}`)).to.deep.equal([
        `warn chmod o-r ${etc}/manager_custom.conf`,
        `fail chmod o-w ${etc}/extensions_custom.conf`,
      ]);
      chmodSync(join(etc, 'manager_custom.conf'), 0o640);
      chmodSync(join(etc, 'extensions_custom.conf'), 0o644);
      expect((await of(freepbxFiles, { etc }))[0]?.state).to.equal('ok');
    });

    it('of recordings: not configured, gone, in one heap, well', async () => {
      expect((await of(recordings, null))[0]?.state).to.equal('skip');
      expect((await of(recordings, {}))[0]).to.include({ state: 'warn' });
      const env = { DIALHOOK_RECORDINGS: join(etc, 'monitor'), DIALHOOK_RECORDINGS_DISK_WARN: '0' };
      expect((await of(recordings, {}, env))[0]).to.include({ state: 'fail', where: join(etc, 'monitor') });
      mkdirSync(join(etc, 'monitor'));
      expect((await of(recordings, {}, env))[0]?.says).to.match(/^the disk of the recordings is \d+ % full/);
      for (let i = 0; i < 2001; i += 1) writeFileSync(join(etc, 'monitor', `${i}.wav`), '');
      expect((await of(recordings, {}, env))[0]).to.include({
        state: 'warn',
        mend: 'dialhook recordings move --dry-run',
      });
    });
  });
});
