// The server is killed in mid-call. What the dialplan could not deliver meanwhile it spooled; after the restart the row is whole.

import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { answerAfter } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { readCall } from '../../src/store/read-call.js';
import { tell } from '../stories/tell.js';

const version = wantedVersion();

describe(`server killed in mid-call, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let server: Server;
  let db: Db;

  before(async () => {
    const url = await (await sharedMariaDb()).createDatabase();
    const agiPort = String(await freePort());
    pbx = await startSamplePbx({ version, agi: `127.0.0.1:${agiPort}` });
    const env = {
      DIALHOOK_AGI_PORT: agiPort,
      DIALHOOK_DATABASE_URL: url,
      DIALHOOK_PBX: pbx.pbx,
      DIALHOOK_SPOOL_FILE: pbx.spoolPath,
    };
    server = await startServer({ env });
    db = openDatabase(url);
  });
  after(async () => {
    await server?.stop();
    await db?.close();
    await pbx?.remove();
  });

  const finished = async (): Promise<string[]> =>
    (await db.knex('cdr_calls').orderBy('started_at').pluck('call_id')) as string[];

  it('has the whole row after kill -9, the end of the call, and a restart', async () => {
    const [caller, called] = [await pbx.phone('103'), await pbx.phone('101', { plan: answerAfter(300) })];
    const call = caller.call('101');
    await call.answered(10_000);
    await until(async () => (await db.knex('rt_calls').where({ state: 'talking' })).length === 1, {
      what: 'the talk is in rt_calls',
      deadline: 10_000,
    });
    await server.kill();
    const gone = Date.now();
    await call.hangup();
    await called.waitFor('bye_received');
    expect(Date.now() - gone, 'a dead server delays no goodbye').to.be.lessThan(5000);
    await until(() => existsSync(pbx.spoolPath), { what: 'the dialplan has spooled the ends' });
    expect(await finished()).to.deep.equal([]);

    server = await startServer({ env: server.env });
    const [id = ''] = await until(
      async () => {
        const ids = await finished();
        return ids.length > 0 && ids;
      },
      { what: 'the call is in cdr_calls', deadline: 15_000 },
    );
    const told = await readCall(db, id);
    const words = (told ? tell(told, told.startedAt) : []).map((row) => row.replace(/\d+\.\d{3}/g, '#'));
    expect(words).to.deep.equal([
      'call internal 103 → 101 answered # – # ended by caller',
      'leg 101 answered #',
      'talk 101 ↔ 103 party ended # – #',
      'talk 103 ↔ 101 operator ended # – #',
    ]);
    expect(told?.odd).to.deep.equal([]);
    expect(await db.knex('rt_calls')).to.deep.equal([]);
  });

  it('loses no call that began and ended while no server was there', async () => {
    const before = await finished();
    await server.kill();
    const [caller, called] = [await pbx.phone('104'), await pbx.phone('102', { plan: answerAfter(200) })];
    for (let i = 0; i < 3; i += 1) {
      const call = caller.call('102');
      await call.answered(10_000);
      await call.hangup();
      await until(() => called.calls().length === 0, { what: 'the other side is let go' });
    }
    server = await startServer({ env: server.env });
    const ids = await until(
      async () => {
        const now = (await finished()).filter((id) => !before.includes(id));
        return now.length === 3 && now;
      },
      { what: 'three calls from the spool in cdr_calls', deadline: 15_000 },
    );
    for (const id of ids) expect((await readCall(db, id))?.outcome).to.equal('answered');
    expect(existsSync(pbx.spoolPath)).to.equal(false);
  });

  it('goes on calling while the server is frozen, and tells all of it afterwards', async () => {
    const before = await finished();
    // The breaker of the calls before is closed again: this call must be the one that finds out.
    await pbx.cli('dialplan set global DH_SKIP 0');
    server.freeze();
    const caller = await pbx.phone('105');
    const called = await pbx.phone('106', { plan: answerAfter(200) });
    const began = Date.now();
    const call = caller.call('106');
    await call.answered(15_000);
    // The first hook waits its bound and opens the breaker; those after it do not wait.
    expect(Date.now() - began).to.be.lessThan(6000);
    await call.hangup();
    await called.waitFor('bye_received');
    server.thaw();
    const id = await until(async () => (await finished()).find((one) => !before.includes(one)), {
      what: 'the call in cdr_calls',
      deadline: 20_000,
    });
    expect((await readCall(db, id))?.outcome).to.equal('answered');
  });
});
