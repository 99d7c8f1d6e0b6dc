// An upgrade: the server is told to stop while calls tell it events, and started again. What it confirmed is there, once.
import { expect } from 'chai';
import { freePort } from '../../scripts/lab/ports.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { formatLine } from '../../src/call/event.js';
import { callAgi } from '../../src/simulator/agi-client.js';
import { openDatabase } from '../../src/store/database.js';

/** Calls that talk to the server at the same time. */
const AT_ONCE = 40;

const lineOf = (n: number) =>
  formatLine({
    ...{ v: 1, id: `pbx1-stop-${n}`, at: 1_768_000_000_000 + n, pbx: 'pbx1', call: `pbx1-s${n}`, event: 'call' },
    ...{ channel: `PJSIP/trunk-${n}`, uniqueid: `s${n}`, linkedid: `s${n}`, direction: 'in' },
    ...{ from: '555-0101', name: 'Anna', to: '5551000' },
  });

describe('a server that is told to stop under load', function () {
  this.timeout(120_000);

  it('ends in good order within seconds, loses nothing that it confirmed, and holds no call', async () => {
    const port = await freePort();
    let server: Server = await startServer({ env: { DIALHOOK_AGI_PORT: String(port), DIALHOOK_LOG_LEVEL: 'warn' } });
    const confirmed = new Set<string>();
    let unconfirmed = 0;
    let longest = 0;
    let next = 0;
    let over = false;
    const caller = async () => {
      while (!over) {
        const n = next++;
        const from = performance.now();
        const channel = { name: `PJSIP/trunk-${n}`, uniqueid: `s${n}`, number: '', callerName: '', dnid: '' };
        const request = {
          host: '127.0.0.1',
          port,
          path: 'event',
          args: [lineOf(n)],
          channel,
          context: 'c',
          extension: 's',
          priority: 1,
        };
        const { variables } = await callAgi(request, { boundMs: 20_000 }).outcome;
        longest = Math.max(longest, performance.now() - from);
        if (variables.get('DH_ACK') === '1') confirmed.add(`pbx1-stop-${n}`);
        else {
          unconfirmed += 1;
          // As the breaker of the dialplan: who was refused does not ask again at once.
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    const callers = Array.from({ length: AT_ONCE }, caller);
    try {
      for (let restart = 0; restart < 2; restart += 1) {
        const before = confirmed.size;
        await until(() => confirmed.size > before + 400, { what: 'a load of events', deadline: 30_000 });
        const refused = unconfirmed;
        const from = Date.now();
        const exit = await server.stop();
        expect(exit, server.child.output()).to.include({ code: 0, signal: null });
        expect(Date.now() - from, 'how long the stop took, ms').to.be.lessThan(8_000);
        await until(() => unconfirmed > refused, { what: 'calls find nobody', deadline: 10_000 });
        server = await startServer({ env: server.env });
      }
      const before = confirmed.size;
      await until(() => confirmed.size > before + 200, { what: 'the load goes on', deadline: 30_000 });
    } finally {
      over = true;
      await Promise.all(callers);
    }
    const db = openDatabase(`sqlite:${server.dataDir}/dialhook.sqlite`);
    try {
      const stored = async () => (await db.knex('events').select('id')).map(({ id }: { id: string }) => id);
      await until(async () => (await stored()).length >= confirmed.size, {
        what: 'all is in the tables',
        deadline: 30_000,
      });
      const there = await stored();
      expect(new Set(there).size, 'once each').to.equal(there.length);
      const kept = new Set(there);
      expect(
        [...confirmed].filter((id) => !kept.has(id)),
        'confirmed and lost',
      ).to.deep.equal([]);
      expect(longest, 'the longest that a call was held, ms').to.be.lessThan(5_000);
    } finally {
      await db.close();
      await server.stop();
    }
  });
});
