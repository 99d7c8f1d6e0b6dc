// Every hook that is not of the plain call, with a server that is dead and with one that is frozen (SIGSTOP): the call goes on within
// the hooks' bound by the clock of the phones, and what nobody took is in the spool. The plain call: test/serve/kill.pbx.test.ts.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { add, type Stage, shows, spooled, TRIALS, talk, toldAt } from './unwell.js';

const version = wantedVersion();
/** Nobody asks the server until the step that is measured. */
const NEVER = 'dialplan set global DH_SKIP 9999999999';
/** DH_BOUND is 1 s; the rest is what this machine may take for the call itself. */
const BOUND_MS = { least: 900, most: 2500 };
const DEAD_MS = { least: -100, most: 900 };
/** A hook that waits does so each time; a machine that is busy takes long now and then. */
const TRIES = 3;
/** From here on a hook has waited longer than any well server makes it, ms: the breaker opens (dialhook-spool). */
const WAITED_MS = 300;

let pbx: SamplePbx;
let server: Server;
let [a, b, c, d, trunk] = [] as unknown as [Phone, Phone, Phone, Phone, Phone];
let stage: Stage;

describe(`the server is not well, Asterisk ${version}`, function () {
  this.timeout(120_000);

  before(async () => {
    const agiPort = String(await freePort());
    pbx = await startSamplePbx({ version, agi: `127.0.0.1:${agiPort}` });
    const env = { DIALHOOK_AGI_PORT: agiPort, DIALHOOK_PBX: pbx.pbx, DIALHOOK_SPOOL_FILE: pbx.spoolPath };
    server = await startServer({ env });
    const open = (name: string) => pbx.phone(name, { rtp: true });
    [a, b, c, d] = [await open('101'), await open('102'), await open('103'), await open('104')];
    trunk = await pbx.trunk({ rtp: true });
  });
  after(async () => {
    server?.thaw();
    await server?.stop();
    await pbx?.remove();
  });
  beforeEach(async () => {
    for (const phone of [a, b, c, d, trunk]) phone.reset(answerAfter(50));
    await pbx.cli(NEVER);
    const strike = async () => {
      await pbx.cli('dialplan set global DH_FROZEN ""');
      await pbx.cli('dialplan set global DH_SKIP 0');
      const from = Date.now();
      return () => Date.now() - from;
    };
    stage = { ...{ pbx, a, b, c, d, trunk }, strike };
  });
  /** Plays it until it took no longer than `most`; what it took. */
  async function fastest(most: number, play: () => Promise<number>, again: () => Promise<unknown>): Promise<number> {
    for (let n = 1; ; n += 1) {
      const took = await play();
      if (took <= most || n === TRIES) return took;
      await again();
      for (const phone of [a, b, c, d, trunk]) phone.reset(answerAfter(50));
      await pbx.cli(NEVER);
    }
  }
  const tidy = async () => {
    for (const phone of [a, b, c, d, trunk]) await Promise.allSettled(phone.calls().map((call) => call.hangup()));
    await shows(stage, 'core show channels', /^0 active channels/m);
    await pbx.cli('queue remove member PJSIP/101 from sales');
    await pbx.cli('database deltree dialhook-forward');
    await pbx.cli('dialplan set global DH_PARK_TIME 45');
    await pbx.cli('dialplan set global VOICEMAIL_101 no');
  };
  const tell = (kinds: string[], from: number) =>
    until(() => kinds.every((kind) => spooled(stage).slice(from).includes(kind)), {
      what: `${kinds.join(', ')} are spooled`,
    }).catch((error: unknown) => {
      throw new Error(`${error}; spooled: ${spooled(stage).slice(from).join(' ')}`);
    });

  describe('frozen', () => {
    afterEach(async () => {
      server.thaw();
      await tidy();
    });
    for (const [name, [kinds, play]] of Object.entries(TRIALS))
      it(`${name} waits once`, async () => {
        const once = async () => {
          server.freeze();
          const from = spooled(stage).length;
          const took = await play(stage);
          await tell(kinds, from);
          return took;
        };
        const again = () => {
          server.thaw();
          return tidy();
        };
        expect(await fastest(BOUND_MS.most, once, again)).to.be.within(BOUND_MS.least, BOUND_MS.most);
      });

    const skips = async () => Number(/DH_SKIP=(\d+)/.exec(await pbx.cli('dialplan show globals'))?.[1]);
    /** A caller who gives up after so many ms in the first hook of his call; how long that was for the PBX, ms. */
    const givesUpAfter = async (ms: number) => {
      await stage.strike();
      server.freeze();
      // A server that is well takes what lies there at any time.
      const from = spooled(stage).length;
      const caller = trunk.call('5551000', { from: { number: '+998000000101' } });
      await shows(stage, 'core show channels', /AGI\(agi/);
      const asked = Date.now();
      await until(() => Date.now() - asked >= ms, { what: 'he gives up', deadline: 5000 });
      await caller.hangup();
      // The goodbye asks nobody: it would stand before the frozen server without a bound.
      await shows(stage, 'core show channels', /^0 active channels/m);
      await tell(['call', 'end'], from);
      return toldAt(stage, 'end') - toldAt(stage, 'call');
    };
    it('a caller who gives up at once does not send the events of others into the file', async () => {
      // On a busy machine at once is not soon enough: then it is another caller who does.
      const again = async () => {
        server.thaw();
        await tidy();
      };
      const waited = await fastest(WAITED_MS - 20, () => givesUpAfter(0), again);
      if (waited < WAITED_MS - 20) expect(await skips()).to.equal(0);
      else expect(waited, 'a caller who gave up at once').to.be.at.least(WAITED_MS);
    });
    it('a caller who gives up after a wait that no well server takes opens the breaker', async () => {
      expect(await givesUpAfter(400)).to.be.at.least(WAITED_MS);
      expect(await skips()).to.be.greaterThan(Date.now() / 1000);
    });
  });

  // A suite's own tests run before the suites in it, and this one is for the end: the server is gone after it.
  describe('frozen in mid-call, then killed', () => {
    /** How long the goodbye took after the watchdog had struck, ms. */
    const goodbye = async (): Promise<number> => {
      await add(stage, 'sales');
      await pbx.cli('dialplan set global DH_WRAPUP_sales 3');
      const [caller, operator] = await talk(stage, '5551000');
      await stage.strike();
      server.freeze();
      const from = spooled(stage).length;
      void operator.hangup();
      await shows(stage, 'queue show sales', /paused:wrap_up/);
      trunk.call('5551000', { from: { number: '+998000000102' } });
      const offered = a.log.events.length;
      // Here systemd ends it: a handler of a channel that is hung up is bounded by nothing else.
      const killed = Date.now();
      await server.kill();
      await caller.ended();
      const took = Date.now() - killed;
      await tell(['wrapup', 'end', 'wrapped'], from);
      // The next caller gets the operator when the time is over.
      await a.incoming();
      const [invite] = a.log.events.slice(offered).filter((e) => e.kind === 'invite_received');
      expect((invite?.at ?? 0) - toldAt(stage, 'wrapup'), 'until the next call rings').to.be.greaterThan(2000);
      await tidy();
      return took;
    };
    it('in a talk of a queue: the wrap-up begins at once, and the goodbye waits for the watchdog only', async () => {
      const again = async () => {
        server = await startServer({ env: server.env });
      };
      expect(await fastest(900, goodbye, again), 'the goodbye').to.be.lessThan(900);
    });
  });

  describe('dead', () => {
    before(() => server.kill());
    afterEach(tidy);
    for (const [name, [kinds, play]] of Object.entries(TRIALS))
      it(`${name} does not wait`, async () => {
        const once = async () => {
          const from = spooled(stage).length;
          const took = await play(stage);
          await tell(kinds, from);
          return took;
        };
        expect(await fastest(DEAD_MS.most, once, tidy)).to.be.within(DEAD_MS.least, DEAD_MS.most);
      });
  });
});
