// A Galera cluster, where locks do not reach from node to node.
import { expect } from 'chai';
import { type Galera, galeraProvider, startGalera } from '../../scripts/lab/galera.js';
import { until } from '../../scripts/lab/wait.js';
import { formatLine } from '../../src/call/event.js';
import type { Finding } from '../../src/cli/doctor/check.js';
import { cluster as check } from '../../src/cli/doctor/cluster.js';
import type { ClusterFound } from '../../src/cli/doctor/probes.js';
import { loadConfig } from '../../src/config/load.js';
import { applyBatch, newMemory } from '../../src/record/apply.js';
import { rebuild } from '../../src/record/rebuild.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { clusterHealth } from '../../src/store/health.js';
import { findJournal, JournalMoved, type JournalState } from '../../src/store/journals.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from './migrations.js';

const T0 = Date.UTC(2026, 0, 15, 8);
const CALLS = 20;

const stateOf = (server: string): JournalState => ({
  ...{ server, segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0, lastEventAt: null, appliedAt: T0 },
});

/** The n-th call as server `side` hears of it: two calls of one linkedid, both of one operator, told by one server each. */
function linesOf(n: number, side: number): string[] {
  const linkedid = `${T0 / 1000 + n}.1`;
  const line = (at: number, event: string, more: Record<string, string>) =>
    formatLine({
      ...{
        v: 1,
        id: `pbx1-${n}-${side}-${at}`,
        at: T0 + n * 60_000 + at,
        pbx: 'pbx1',
        call: `call-${n}-${side}`,
        event,
      },
      ...{ channel: `PJSIP/trunk-${n}${side}`, uniqueid: `${linkedid}${side}`, linkedid, ...more },
    });
  const other = { channel: `PJSIP/101-${n}${side}`, uniqueid: `${linkedid}9${side}`, endpoint: '101' };
  return [
    line(side, 'call', { direction: 'in', from: '+99800555', to: '555-0100', trunk: 'trunk' }),
    line(1000 + side, 'offer', other),
    line(2000 + side, 'answer', other),
    line(9000 + side, 'end', { ...other, side: 'callee', cause: '16' }),
    line(9500 + side, 'end', { side: 'caller', cause: '16' }),
  ];
}

/** Plays a third call of each linkedid and takes all of it away but the rows that are nothing but locks: a new row would be seen anyway. */
async function leaveLocks(db: Db): Promise<void> {
  const lines = Array.from({ length: CALLS }, (_, n) => linesOf(n, 2)).flat();
  const records = lines.map((line) => ({ line, receivedAt: T0, refusal: '' }));
  await applyBatch(db, newMemory(), records, stateOf('server2'));
  for (const table of ['events', 'call_joins', 'cdr_calls', 'cdr_legs', 'cdr_offers', 'cdr_talks', 'cdr_steps'])
    await db.knex(table).del();
  for (const table of ['operator_intervals', 'rt_operators']) await db.knex(table).del();
  await db.knex('call_links').whereNot({ call_id: '' }).del();
}

describe('a cluster', function () {
  this.timeout(120_000);
  let galera: Galera;
  const open: Db[] = [];
  const on = (n: number) => {
    const db = openDatabase(galera.urlOf(n));
    open.push(db);
    return db;
  };

  before(async function () {
    try {
      galeraProvider();
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      console.log(`    NOT RUN, the tests of the cluster: ${error instanceof Error ? error.message : String(error)}`);
      this.skip();
    }
    galera = await startGalera();
  });
  after(async () => {
    await Promise.all(open.map((db) => db.close()));
    await galera?.remove();
  });

  it('lets servers on two nodes migrate at once, one after the other', async () => {
    const ran = await Promise.all([migrate(on(0), MIGRATIONS), migrate(on(1), MIGRATIONS)]);
    expect(ran.filter((names) => names.length > 0)).to.have.length(1);
    const names = (await on(2).knex('migrations').pluck('name')) as string[];
    expect(names).to.have.length(new Set(names).size);
  });

  it('makes one story of two calls of one linkedid that come by two nodes at once, and one day of their operator', async () => {
    await leaveLocks(on(0));
    const sides = [0, 1].map((side) => ({ db: on(side), memory: newMemory(), state: stateOf(`server${side}`) }));
    for (let n = 0; n < CALLS; n += 1) {
      // Side by side from the first statement to the COMMIT: neither node knows of the other's transaction.
      await Promise.all(
        sides.map(async (one, side) => {
          const records = linesOf(n, side).map((line) => ({ line, receivedAt: T0, refusal: '' }));
          one.state = await applyBatch(one.db, one.memory, records, { ...one.state, offset: n + 1 });
        }),
      );
    }
    const db = openDatabase(galera.url(2));
    open.push(db);
    const [row] = (await db.knex('cdr_calls').count({ n: '*' })) as { n: number }[];
    expect(Number(row?.n), 'stories').to.equal(CALLS);
    const { differed, operators } = await rebuild(db, { dryRun: true });
    expect({ differed, operators }).to.deep.equal({ differed: [], operators: [] });
  });

  it('notices that a COMMIT which nobody heard of was done after all', async () => {
    const db = on(0);
    const known = (await findJournal(db, 'server0')) as JournalState;
    const next = { ...known, offset: known.offset + 7 };
    await applyBatch(on(1), newMemory(), [], next);
    let error: unknown;
    await applyBatch(db, newMemory(), [], next).catch((one: unknown) => {
      error = one;
    });
    expect(error).to.be.instanceOf(JournalMoved);
  });

  it('goes on with the next node when one dies, a question in the middle too, and says which it is', async () => {
    const db = openDatabase(galera.url(0));
    open.push(db);
    await db.knex('events').first('id');
    expect(db.node()).to.include({ number: 1, of: 3, moves: 0 });
    // A question begins when somebody waits for it.
    const asked = Promise.resolve(db.knex.raw('SELECT SLEEP(2) AS slept FROM journals LIMIT 1'));
    asked.catch(() => undefined);
    await until(async () => JSON.stringify(await galera.nodes[0]?.admin('SHOW PROCESSLIST')).includes('SLEEP(2)'), {
      what: 'the question to be under way',
    });
    await galera.nodes[0]?.kill();
    await asked;
    expect(db.node()).to.deep.include({ number: 2, of: 3, moves: 1 });
    expect(db.node()?.cluster?.node).to.equal('node2');
    await galera.whole(2);
  });

  it('is looked at by the doctor', async () => {
    const config = loadConfig({ DIALHOOK_DATABASE_URL: galera.url(1) });
    const found = (await clusterHealth(on(1))) as ClusterFound;
    const look = async (more: Partial<ClusterFound>) =>
      (await check.look({
        config,
        probes: { database: { cluster: () => Promise.resolve({ ...found, ...more }) } },
      } as unknown as Parameters<typeof check.look>[0])) as Finding;
    expect(found.keyless).to.deep.equal([]);
    expect(found.foreign).to.deep.equal([]);
    expect(await look({})).to.include({ state: 'warn' });
    expect([await look({})].flat()[0]?.says).to.match(/^2 nodes are together; node2 is used and synced;/);
    expect(await look({ size: 3 })).to.include({ state: 'ok' });
    expect(await look({ keyless: ['other'] })).to.include({ state: 'fail' });
  });
});
