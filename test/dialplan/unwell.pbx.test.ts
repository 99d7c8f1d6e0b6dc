// Every hook that is not of the plain call, with a server that is dead and with one that is frozen (SIGSTOP): the call goes on within
// the hooks' bound by the clock of the phones, and what nobody took is in the spool. The plain call: test/serve/kill.pbx.test.ts.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { add, type Stage, shows, spooled, TRIALS, talk } from './unwell.js';

const version = wantedVersion();
/** Nobody asks the server until the step that is measured. */
const NEVER = 'dialplan set global DH_SKIP 9999999999';
/** DH_BOUND is 1 s; the rest is what this machine may take for the call itself. */
const BOUND_MS = { least: 900, most: 2500 };
const DEAD_MS = { least: -100, most: 900 };

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
        server.freeze();
        const from = spooled(stage).length;
        const took = await play(stage);
        await tell(kinds, from);
        expect(took).to.be.within(BOUND_MS.least, BOUND_MS.most);
      });

    const skips = async () => Number(/DH_SKIP=(\d+)/.exec(await pbx.cli('dialplan show globals'))?.[1]);
    /** A caller who gives up after so many ms in the first hook of his call. */
    const givesUpAfter = async (ms: number) => {
      const from = spooled(stage).length;
      await stage.strike();
      server.freeze();
      const caller = trunk.call('5551000', { from: { number: '+998000000101' } });
      await shows(stage, 'core show channels', /AGI\(agi/);
      const asked = Date.now();
      await until(() => Date.now() - asked >= ms, { what: 'he gives up', deadline: 5000 });
      await caller.hangup();
      // The goodbye asks nobody: it would stand before the frozen server without a bound.
      await shows(stage, 'core show channels', /^0 active channels/m);
      await tell(['call', 'end'], from);
    };
    it('a caller who gives up at once does not send the events of others into the file', async () => {
      await givesUpAfter(0);
      expect(await skips()).to.equal(0);
    });
    it('a caller who gives up after a wait that no well server takes opens the breaker', async () => {
      await givesUpAfter(400);
      expect(await skips()).to.be.greaterThan(Date.now() / 1000);
    });
  });

  // A suite's own tests run before the suites in it, and this one is for the end: the server is gone after it.
  describe('frozen in mid-call, then killed', () => {
    it('in a talk of a queue: the wrap-up begins at once, and the goodbye waits for the watchdog only', async () => {
      await add(stage, 'sales');
      await pbx.cli('dialplan set global DH_WRAPUP_sales 3');
      const [caller, operator] = await talk(stage, '5551000');
      const from = spooled(stage).length;
      await stage.strike();
      server.freeze();
      void operator.hangup();
      await shows(stage, 'queue show sales', /paused:wrap_up/);
      trunk.call('5551000', { from: { number: '+998000000102' } });
      const offered = a.log.events.length;
      // Here systemd ends it: a handler of a channel that is hung up is bounded by nothing else.
      const killed = Date.now();
      await server.kill();
      await caller.ended(2000);
      expect(Date.now() - killed, 'the goodbye').to.be.lessThan(900);
      await tell(['wrapup', 'end', 'wrapped'], from);
      expect(a.log.events.slice(offered).map((e) => e.kind)).to.not.include('invite_received');
      // The next caller gets the operator when the time is over.
      await a.incoming(8000);
      await tidy();
    });
  });

  describe('dead', () => {
    before(() => server.kill());
    afterEach(tidy);
    for (const [name, [kinds, play]] of Object.entries(TRIALS))
      it(`${name} does not wait`, async () => {
        const from = spooled(stage).length;
        const took = await play(stage);
        await tell(kinds, from);
        expect(took).to.be.within(DEAD_MS.least, DEAD_MS.most);
      });
  });
});
