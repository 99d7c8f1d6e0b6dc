// Every hook that is not of the plain call, with a server that is dead and with one that is frozen (SIGSTOP): the call goes on within
// the hooks' bound by the clock of the phones, and what nobody took is in the spool. The plain call: test/serve/kill.pbx.test.ts.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter, busy, movedTo, type Phone, type PhoneCall, ringOnly } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';

const version = wantedVersion();
const CLIENT = { from: { number: '+998000000101' } };
/** Nobody asks the server until the step that is measured. */
const NEVER = 'dialplan set global DH_SKIP 9999999999';
/** DH_BOUND is 1 s; the rest is what this machine may take for the call itself. */
const BOUND_MS = { least: 900, most: 2500 };
const DEAD_MS = { least: -100, most: 900 };

let pbx: SamplePbx;
let server: Server;
let [a, b, c, d, trunk] = [] as unknown as [Phone, Phone, Phone, Phone, Phone];
/** The server is asked again from here on, and nothing is known of it: the next hook finds out. Gives the clock. */
let strike: () => Promise<() => number>;

const shows = (command: string, pattern: RegExp) =>
  until(async () => pattern.test(await pbx.cli(command)), { what: `${command}: ${pattern}`, every: 50 });
const bridged = () => shows('bridge show all', / 2 +basic/i);
const spooled = (): string[] => {
  const lines = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8').trim().split('\n') : [];
  return lines.map((line) => new URLSearchParams(line).get('event') ?? '');
};

/** A client talks with 101. */
async function talk(number = '5551101'): Promise<[PhoneCall, PhoneCall]> {
  const caller = trunk.call(number, CLIENT);
  const operator = await a.incoming();
  await caller.answered();
  await bridged();
  return [caller, operator];
}
async function park(): Promise<void> {
  const [, operator] = await talk();
  await operator.transfer('700');
  await shows('parking show default', /Space\s*:\s*701/);
}
async function add(queue: string): Promise<void> {
  await pbx.cli(`queue add member PJSIP/101 to ${queue}`);
}

/** What is done, and what the spool must hold then; gives the ms from the strike until the call was where it should be. */
const TRIALS: Record<string, [kinds: string[], play: () => Promise<number>]> = {
  'a blind transfer': [
    ['transfer', 'dial', 'ring', 'answer'],
    async () => {
      const [, operator] = await talk();
      const clock = await strike();
      await operator.transfer('102');
      await b.incoming();
      return clock();
    },
  ],
  'a transfer that comes back': [
    ['transfer', 'dial', 'ring'],
    async () => {
      const [, operator] = await talk();
      const clock = await strike();
      await operator.transfer('999');
      await a.incoming();
      return clock();
    },
  ],
  parking: [
    ['park'],
    async () => {
      const [, operator] = await talk();
      const clock = await strike();
      await operator.transfer('700');
      await shows('parking show default', /Space\s*:\s*701/);
      return clock();
    },
  ],
  'taking what is parked': [
    ['call', 'retrieve'],
    async () => {
      await park();
      const clock = await strike();
      await c.call('701').answered();
      return clock();
    },
  ],
  'a parked call that comes back': [
    ['comeback', 'dial', 'ring'],
    async () => {
      await pbx.cli('dialplan set global DH_PARK_TIME 2');
      await park();
      const parked = Date.now();
      await strike();
      await a.incoming();
      return Date.now() - parked - 2000;
    },
  ],
  'a pick-up': [
    ['call', 'pickup', 'answer'],
    async () => {
      b.plan = ringOnly;
      d.call('102');
      await b.incoming();
      const clock = await strike();
      await c.call('*8102').answered();
      await bridged();
      return clock();
    },
  ],
  'a forward by the table': [
    ['call', 'forward', 'dial', 'ring'],
    async () => {
      await pbx.cli('database put dialhook-forward 101 102');
      const clock = await strike();
      trunk.call('5551101', CLIENT);
      await b.incoming();
      return clock();
    },
  ],
  'a forward by the phone': [
    ['call', 'forward', 'dial', 'ring'],
    async () => {
      a.plan = movedTo('102');
      const clock = await strike();
      trunk.call('5551101', CLIENT);
      await b.incoming();
      return clock();
    },
  ],
  'a conference': [
    ['call', 'join', 'quit'],
    async () => {
      const clock = await strike();
      const call = c.call('800');
      await call.answered();
      await shows('confbridge list 800', /PJSIP\/103/);
      const there = clock();
      await call.hangup();
      return there;
    },
  ],
  'a menu': [
    ['call', 'menu', 'enter'],
    async () => {
      await add('sales');
      const clock = await strike();
      const caller = trunk.call('5554000', CLIENT);
      await caller.answered();
      await until(() => spooled().includes('menu'), { what: 'the menu speaks' });
      const there = clock();
      await caller.press('1');
      await a.incoming();
      return there;
    },
  ],
  'a recording, and a place in a queue': [
    ['call', 'record', 'enter', 'position', 'offer', 'answer'],
    async () => {
      await add('sales');
      const clock = await strike();
      trunk.call('5555000', CLIENT);
      await a.incoming();
      return clock();
    },
  ],
  'a mailbox': [
    ['call', 'dialed', 'voicemail', 'end'],
    async () => {
      a.plan = busy;
      await pbx.cli('dialplan set global VOICEMAIL_101 yes');
      const clock = await strike();
      const caller = trunk.call('5551101', CLIENT);
      await caller.answered();
      const there = clock();
      await shows('core show channels', /VoiceMail\(/);
      await caller.hangup();
      return there;
    },
  ],
  'a supervisor': [
    ['call', 'spy', 'spied'],
    async () => {
      await pbx.cli('dialplan set global DH_SUPERVISORS 104');
      await talk();
      const clock = await strike();
      const call = d.call('*71101');
      await call.answered();
      const there = clock();
      await shows('core show channels', /ChanSpy/);
      await call.hangup();
      return there;
    },
  ],
};

describe(`the server is not well, Asterisk ${version}`, function () {
  this.timeout(60_000);

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
    strike = async () => {
      await pbx.cli('dialplan set global DH_FROZEN ""');
      await pbx.cli('dialplan set global DH_SKIP 0');
      const from = Date.now();
      return () => Date.now() - from;
    };
  });
  const tidy = async () => {
    for (const phone of [a, b, c, d, trunk]) await Promise.allSettled(phone.calls().map((call) => call.hangup()));
    await shows('core show channels', /^0 active channels/m);
    await pbx.cli('queue remove member PJSIP/101 from sales');
    await pbx.cli('database deltree dialhook-forward');
    await pbx.cli('dialplan set global DH_PARK_TIME 45');
    await pbx.cli('dialplan set global VOICEMAIL_101 no');
  };
  const tell = (kinds: string[], from: number) =>
    until(() => kinds.every((kind) => spooled().slice(from).includes(kind)), {
      what: `${kinds.join(', ')} are spooled`,
      deadline: 5000,
    }).catch((error: unknown) => {
      throw new Error(`${error}; spooled: ${spooled().slice(from).join(' ')}`);
    });

  describe('frozen', () => {
    afterEach(async () => {
      server.thaw();
      await tidy();
    });
    for (const [name, [kinds, play]] of Object.entries(TRIALS))
      it(`${name} waits once`, async () => {
        server.freeze();
        const from = spooled().length;
        const took = await play();
        await tell(kinds, from);
        expect(took).to.be.within(BOUND_MS.least, BOUND_MS.most);
      });
  });

  it('freezes in a talk of a queue: the wrap-up begins at once, and the goodbye waits for the watchdog only', async () => {
    await add('sales');
    await pbx.cli('dialplan set global DH_WRAPUP_sales 3');
    const [caller, operator] = await talk('5551000');
    const from = spooled().length;
    await strike();
    server.freeze();
    void operator.hangup();
    await shows('queue show sales', /paused:wrap_up/);
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

  describe('dead', () => {
    before(() => server.kill());
    afterEach(tidy);
    for (const [name, [kinds, play]] of Object.entries(TRIALS))
      it(`${name} does not wait`, async () => {
        const from = spooled().length;
        const took = await play();
        await tell(kinds, from);
        expect(took).to.be.within(DEAD_MS.least, DEAD_MS.most);
      });
  });
});
