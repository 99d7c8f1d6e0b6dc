// Who may spend our money, on a real Asterisk: a caller from outside never gets the keys that transfer, whichever way the call went
// before. With them he would hand our phone on to a number of his choice, or dial it himself, at our cost.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { answerAfter, movedTo, type Phone, type PhoneCall } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';

const CLIENT = { from: { number: '+998000000101' } };
/** As keys have no +, the form without it. */
const EXPENSIVE = '998000000666';
/** How long a transfer may take after the last key, transferdigittimeout of features.conf included; and how long is waited for none. */
const SOON_MS = 6000;
const NEVER_MS = 1500;

describe('sample PBX: keys in the hands of outsiders', function () {
  this.timeout(60_000);
  let pbx: SamplePbx;
  let [a, b, c, trunk] = [] as unknown as [Phone, Phone, Phone, Phone];

  before(async () => {
    pbx = await startSamplePbx();
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    [a, b, c] = [
      await pbx.phone('101', { rtp: true }),
      await pbx.phone('102', { rtp: true }),
      await pbx.phone('103', { rtp: true }),
    ];
    trunk = await pbx.trunk({ rtp: true });
  });
  after(() => pbx?.remove());
  beforeEach(() => {
    for (const phone of [a, b, c, trunk]) phone.reset(answerAfter(50));
  });
  afterEach(async () => {
    await pbx.cli('database deltree dialhook-forward');
    for (const phone of [a, b, c, trunk]) await Promise.allSettled(phone.calls().map((call) => call.hangup()));
    await until(async () => /^0 active channels/m.test(await pbx.cli('core show channels')), { what: 'all is quiet' });
  });

  const expensive = () =>
    trunk.log.events.filter((e) => e.kind === 'invite_received' && e.dialled === `+${EXPENSIVE}`).length;
  const bridged = (n = 2) =>
    until(async () => new RegExp(` ${n} +(basic|Basic)`).test(await pbx.cli('bridge show all')), { what: 'a talk' });

  /** Presses the code and the number; whether our trunk was dialled for it. */
  async function dialsFor(call: PhoneCall, code: string, waitMs = NEVER_MS): Promise<boolean> {
    const before = expensive();
    await call.press(code);
    await sleep(300);
    if (call.state === 'up') await call.press(EXPENSIVE).catch(() => undefined);
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline && expensive() === before) await sleep(50);
    return expensive() > before;
  }
  async function arrives(): Promise<[PhoneCall, PhoneCall]> {
    const caller = trunk.call('5551101', CLIENT);
    const talk = await a.incoming();
    await caller.answered();
    await bridged();
    return [caller, talk];
  }

  // Both codes hang on the same option of Dial(): what is refused to one is refused to the other.
  for (const code of ['#1', '*2'])
    describe(`by ${code}`, () => {
      it('an operator may', async () => {
        const out = b.call('101');
        await out.answered();
        await bridged();
        expect(await dialsFor(out, code, SOON_MS)).to.equal(true);
      });

      it('a caller may not', async () => {
        const [caller] = await arrives();
        expect(await dialsFor(caller, code)).to.equal(false);
      });

      it('a caller who was transferred may not', async () => {
        const [caller, talk] = await arrives();
        await talk.transfer('102');
        await (await b.incoming()).answered();
        await until(() => a.calls().length === 0, { what: 'the first phone is free' });
        await bridged();
        expect(await dialsFor(caller, code)).to.equal(false);
      });

      it('a caller who was transferred after consulting may not', async () => {
        const [caller, talk] = await arrives();
        const consult = a.call('102');
        await consult.answered();
        await talk.transferTo(consult);
        await until(() => a.calls().length === 0, { what: 'the first phone is free' });
        await bridged();
        expect(await dialsFor(caller, code)).to.equal(false);
      });

      it('a caller who is forwarded to the outside may not, nor he who is called there', async () => {
        await a.call('*21+998000000142').ended();
        const caller = trunk.call('5551101', CLIENT);
        const outside = await trunk.incoming();
        await caller.answered();
        await bridged();
        expect(await dialsFor(caller, code), 'the caller').to.equal(false);
        expect(await dialsFor(outside, code), 'the called').to.equal(false);
      });

      it('a caller whom the phone itself sends outside may not, nor he who is called there', async () => {
        a.plan = movedTo('+998000000142');
        const caller = trunk.call('5551101', CLIENT);
        const outside = await trunk.incoming();
        await caller.answered();
        await bridged();
        expect(await dialsFor(caller, code), 'the caller').to.equal(false);
        expect(await dialsFor(outside, code), 'the called').to.equal(false);
      });

      it('who was called outside and is handed on to a colleague may not', async () => {
        const out = a.call('+998000000142');
        const outside = await trunk.incoming();
        await out.answered();
        await bridged();
        await out.transfer('102');
        await (await b.incoming()).answered();
        await until(() => a.calls().length === 0, { what: 'the first phone is free' });
        await bridged();
        expect(await dialsFor(outside, code)).to.equal(false);
      });

      it('a caller who was parked may not', async () => {
        const [caller, talk] = await arrives();
        await talk.transfer('700');
        await until(async () => / 701\b/.test(await pbx.cli('parking show default')), { what: 'somebody is parked' });
        const taker = c.call('701');
        await taker.answered();
        await bridged();
        expect(await dialsFor(caller, code)).to.equal(false);
      });
    });
});
