// The link to the manager interface fails, or the PBX dies: calls go on, none is lost or doubled, and what only the manager
// interface tells is told again afterwards.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { endSharedMariaDb, sharedMariaDb } from '../../scripts/lab/mariadb.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { startProxy, type TcpProxy } from '../../scripts/lab/proxy.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { rebuild } from '../../src/record/rebuild.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { builtServer } from './built.js';

/** Longer than the longest pause between two logins that are refused (30 s). */
const AGAIN_MS = 40_000;

describe(`the manager interface fails, Asterisk ${wantedVersion()}`, function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let server: Server;
  let db: Db;
  let link: TcpProxy;
  let [caller, called] = [] as unknown as [Phone, Phone];
  let made = 0;

  const phones = async () => {
    caller = await pbx.phone('103');
    called = await pbx.phone('101', { plan: answerAfter(100) });
  };
  before(async () => {
    const url = await (await sharedMariaDb()).createDatabase();
    const agiPort = String(await freePort());
    pbx = await startSamplePbx({ agi: `127.0.0.1:${agiPort}` });
    link = await startProxy({ host: '127.0.0.1', port: pbx.amiPort });
    server = await startServer({
      command: [process.execPath, await builtServer()],
      args: ['--roles', 'agi,apply'],
      env: {
        ...{ DIALHOOK_AGI_PORT: agiPort, DIALHOOK_DATABASE_URL: url, DIALHOOK_SPOOL_FILE: pbx.spoolPath },
        ...{ DIALHOOK_AMI_HOST: '127.0.0.1', DIALHOOK_AMI_PORT: String(link.port) },
        ...{ DIALHOOK_AMI_USER: pbx.amiUser, DIALHOOK_AMI_SECRET: pbx.amiSecret, DIALHOOK_PBX: pbx.pbx },
      },
    });
    db = openDatabase(url);
    await phones();
  });
  after(async () => {
    await server?.stop();
    await db?.close();
    await link?.close();
    await pbx?.remove();
    await endSharedMariaDb();
  });

  const holds = async () => (await db.knex('events').where({ event: 'hold' })).length;

  /** A call with a hold in it, which no hook sees. */
  async function call(): Promise<void> {
    const talk = caller.call('101');
    await talk.answered(15_000);
    made += 1;
    await talk.hold();
    await talk.hangup();
    await until(() => called.calls().length === 0, { what: 'the other side is let go', deadline: 10_000 });
  }

  /** Calls until a hold was told again; then everything must be as if nothing was. */
  async function well(): Promise<void> {
    const before = await holds();
    const calling = async () => {
      await call();
      return (await holds()) > before;
    };
    await until(calling, { what: 'a hold is told', deadline: AGAIN_MS, every: 500 });
    const finished = async () => (await db.knex('cdr_calls')).length === made;
    await until(finished, { what: `${made} calls are in cdr_calls`, deadline: 15_000 });
    expect(await db.knex('rt_calls'), 'calls left in rt_calls').to.deep.equal([]);
    const outcomes = (await db.knex('cdr_calls').distinct('outcome').pluck('outcome')) as string[];
    expect(outcomes).to.deep.equal(['answered']);
    expect((await rebuild(db, { dryRun: true })).differed).to.deep.equal([]);
  }

  it('is well', () => well());

  it('is cut in the middle of an event, at several pieces', async () => {
    for (const piece of [1, 2, 5, 9]) {
      link.set({ cut: { way: 'down', piece } });
      await call();
      link.set({});
    }
    await well();
  });

  it('is half open: its other side is gone, and nobody says so', async () => {
    link.orphan();
    await call();
    await well();
  });

  it('swallows everything for longer than a ping waits', async () => {
    link.set({ blackHole: true });
    await call();
    await until(() => link.pieces().up > 0, { what: 'the server pings into the hole', deadline: 12_000 });
    link.cut();
    link.set({});
    await well();
  });

  it('refuses connections for a time', async () => {
    link.set({ refuse: true });
    link.cut();
    await call();
    link.set({});
    await well();
  });

  it('is gone with the PBX, which is killed and started again', async () => {
    await pbx.kill();
    await pbx.start();
    await phones();
    await well();
  });
});
