// FreePBX's configuration in a real MariaDB, read by a user that may only read, and shown on both screens.
import { expect } from 'chai';
import mysql from 'mysql2/promise';
import { type FreepbxWatch, startFreepbxWatch } from '../../src/freepbx/read/watch.js';
import { freepbxSource, probeFreepbx, seeFreepbx } from '../../src/serve/freepbx.js';
import {
  failFreepbxReading,
  findFreepbxReading,
  listFreepbxNames,
  saveFreepbxNames,
  touchFreepbxReading,
} from '../../src/store/freepbx-names.js';
import { defaultsOf, saveQueueSettings } from '../../src/store/queues.js';
import { snapshotReader } from '../../src/store/snapshot.js';
import { createUser } from '../../src/store/users.js';
import { type DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';
import { testConfig } from '../stories/centre.js';
import { type FreepbxTables, freepbxTables } from './tables.js';

const T = Date.UTC(2026, 0, 12, 9);

describe('freepbx: what it says', function () {
  this.timeout(120_000);
  let ours: TestDb;
  let theirs: FreepbxTables;
  let source: ReturnType<typeof freepbxSource>;
  let watch: FreepbxWatch;
  let now: number;
  const said: string[] = [];
  const log = {
    info: (_: object, words: string) => void said.push(words),
    warn: (_: object, words: string) => void said.push(words),
  };

  const start = async (
    version: '15' | '16' | '17',
    dialect: (typeof DIALECTS)[number],
    dynamic = new Map<string, string[]>(),
  ) => {
    ours = await emptyDatabase(dialect);
    theirs = await freepbxTables(version);
    source = freepbxSource(theirs.url);
    now = T;
    said.length = 0;
    const { db } = ours;
    watch = startFreepbxWatch({
      source: { ...source, dynamic: async () => dynamic },
      store: {
        reading: () => findFreepbxReading(db, 'pbx1'),
        save: (reading, at) => saveFreepbxNames(db, 'pbx1', reading, at),
        touch: (at) => touchFreepbxReading(db, 'pbx1', at),
        fail: (since, error) => failFreepbxReading(db, 'pbx1', since, error),
      },
      // Only asked for by look().
      ...{ everyMs: 3_600_000, log, now: () => now },
    });
    await watch.look();
  };
  const names = async () =>
    (await listFreepbxNames(ours.db, 'pbx1')).map(
      ({ kind, number, name, removedAt }) => `${kind} ${number} ${name}${removedAt === null ? '' : ' (gone)'}`,
    );
  const shot = () => snapshotReader(ours.db, 'UTC', async () => 0)(now);

  afterEach(async () => {
    await watch.stop();
    await source.close();
    await theirs.close();
    await ours.remove();
  });

  for (const version of ['15', '16', '17'] as const)
    it(`is read from the tables of ${version} with rights on the columns alone`, async () => {
      await start(version, version === '16' ? 'mysql' : 'sqlite', new Map([['400', ['103']]]));
      expect(await names()).to.deep.equal([
        'did +998005550101 Anna direct',
        'did 5551000 Orders by phone',
        'did 5551000/998005550142 The best client',
        'did any All others',
        'extension 101 Anna',
        'extension 102 Ben',
        'extension 103 Cara',
        'extension 104 ',
        'extension 2001 Ben',
        'queue 400 Orders',
        'ring_group 600 Workshop',
        'route 1 labout',
        'trunk 1 labtrunk',
      ]);
      const all = await listFreepbxNames(ours.db);
      const detail = (kind: string, number: string) =>
        all.find((one) => one.kind === kind && one.number === number)?.detail;
      expect(detail('queue', '400')).to.deep.equal({ strategy: 'ringall', members: '101 102', dynamic: '103' });
      expect(detail('route', '1')).to.deep.equal({ place: '0', trunks: 'labtrunk' });
      expect(detail('did', '5551000')).to.deep.equal({ destination: 'ext-queues,400,1' });
      expect(all.filter((one) => one.operator).map((one) => one.number)).to.deep.equal(['101', '102', '103', '2001']);
    });

  it('may not read a password, and may write nothing', async () => {
    await start('17', 'sqlite');
    const link = await mysql.createConnection({ uri: theirs.url });
    const refused = async (sql: string) =>
      link.query(sql).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    expect(await refused('SELECT password FROM users')).to.match(/ER_COLUMNACCESS_DENIED/);
    expect(await refused("UPDATE users SET name = 'x'")).to.match(/DENIED/);
    expect(await refused('SELECT * FROM outbound_routes')).to.match(/DENIED/);
    await link.end();
    const config = testConfig('/none', ours.url, { FREEPBX_DATABASE_URL: theirs.url });
    expect(await probeFreepbx(config, ours.db)).to.deep.include({ missing: [], tooMuch: [], extensions: 4 });
  });

  it('is read again only when something has changed; what is gone is marked and keeps its name', async () => {
    await start('17', 'sqlite');
    expect(said).to.deep.equal(['FreePBX was read']);
    await watch.look();
    expect(said, 'nothing new, nothing read').to.deep.equal(['FreePBX was read']);
    await theirs.sql("UPDATE users SET name = 'Annabel' WHERE extension = '101'");
    await theirs.sql("DELETE FROM users WHERE extension = '102'");
    await theirs.sql("DELETE FROM devices WHERE id IN ('102', '2001')");
    now += 30_000;
    await watch.look();
    expect(await names()).to.include.members([
      'extension 101 Annabel',
      'extension 102 Ben (gone)',
      'extension 2001 Ben (gone)',
    ]);
    const [gone] = (await listFreepbxNames(ours.db)).filter((one) => one.number === '102');
    expect(gone?.removedAt).to.equal(T + 30_000);
    await theirs.sql("INSERT INTO users SET extension = '102', name = 'Ben again'");
    await watch.look();
    expect(await names()).to.include('extension 102 Ben again');
  });

  it('names operators, queues and numbers on the screens; what was typed here wins, and both are told', async () => {
    await start('17', 'sqlite', new Map([['400', ['103']]]));
    const user = { role: 'operator', passwordHash: 'x' } as const;
    await createUser(ours.db, { ...user, login: 'ben', name: 'Benjamin', operator: '102' }, T);
    let seen = await shot();
    const operator = (id: string) => seen.operators.find((one) => one.operator === id);
    expect(operator('101')).to.include({ name: 'Anna', state: 'offline', mark: '' });
    expect(operator('102')).to.include({ name: 'Benjamin', mark: 'FreePBX: Ben' });
    expect(operator('103'), 'may log in').to.include({ name: 'Cara' });
    expect(operator('104'), 'no queue rings it').to.equal(undefined);
    expect(seen.queues).to.have.lengthOf(1);
    expect(seen.queues[0]).to.include({ queue: '400', title: 'Orders', answerWithin: 20, mark: '' });

    await saveQueueSettings(ours.db, [{ ...defaultsOf('400'), answerWithin: 10 }]);
    seen = await shot();
    expect(seen.queues[0], 'a threshold is no title').to.include({ title: 'Orders', answerWithin: 10 });
    await saveQueueSettings(ours.db, [{ ...defaultsOf('400'), title: 'Sales' }]);
    await theirs.sql("DELETE FROM users WHERE extension = '102'");
    await watch.look();
    seen = await shot();
    expect(seen.queues[0]).to.include({ title: 'Sales', mark: 'FreePBX: Orders' });
    expect(operator('102')).to.include({ name: 'Benjamin', mark: 'removed in FreePBX' });
  });

  it('keeps what was read while FreePBX is away, and says since when', async () => {
    await start('17', 'sqlite');
    const before = await names();
    const database = new URL(theirs.url).pathname.slice(1);
    await theirs.sql(`RENAME TABLE users TO away`);
    now += 60_000;
    await watch.look();
    await theirs.sql('CREATE TABLE users LIKE away');
    now += 60_000;
    await watch.look();
    expect(await names()).to.deep.equal(before);
    expect(watch.state()).to.deep.equal({ readAt: T, failingSince: T + 60_000 });
    expect(await findFreepbxReading(ours.db, 'pbx1')).to.deep.include({
      ...{ readAt: T, failingSince: T + 60_000, error: 'FreePBX shows no extension' },
    });
    expect(
      said.filter((words) => /can not be read/.test(words)),
      `told once (${database})`,
    ).to.have.lengthOf(1);
    await theirs.sql('INSERT INTO users SELECT * FROM away');
    await watch.look();
    expect(watch.state()).to.deep.equal({ readAt: now, failingSince: null });
  });

  it('is seen by the command, with what was typed here and what is gone', async () => {
    await start('17', 'sqlite');
    await createUser(
      ours.db,
      { login: 'anna', name: 'Anna K.', role: 'operator', operator: '101', passwordHash: 'x' },
      T,
    );
    await theirs.sql("DELETE FROM users WHERE extension = '103'");
    await theirs.sql("DELETE FROM devices WHERE id = '103'");
    await watch.look();
    const config = testConfig('/none', ours.url, { FREEPBX_DATABASE_URL: theirs.url });
    const seen = await seeFreepbx(config);
    const one = (number: string) => seen.items.find((item) => item.kind === 'extension' && item.number === number);
    expect(one('101')).to.include({ name: 'Anna', here: 'Anna K.', removedAt: null });
    expect(one('103')).to.include({ name: 'Cara', removedAt: T });
    const gone = { FREEPBX_DATABASE_URL: theirs.url.replace('reads', 'wrong') };
    const old = await seeFreepbx(testConfig('/none', ours.url, gone));
    expect(old.error).to.contain('Access denied');
    expect(old.items.find(({ number }) => number === '102')).to.include({ name: 'Ben' });
  });
});
