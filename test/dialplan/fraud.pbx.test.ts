// Who may spend our money, on a real Asterisk: a caller from outside never gets the keys that transfer, whichever way the call went
// before. With them he would hand our phone on to a number of his choice, or dial it himself, at our cost.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { answerAfter, movedTo, type Phone, type PhoneCall, ringOnly } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { FOLDER } from './read.js';

const CLIENT = { from: { number: '+998000000101' } };
/** As keys have no +, the form without it. */
const EXPENSIVE = '998000000666';
/** How long a transfer may take after the last key, transferdigittimeout of features.conf included; and what a busy machine adds. */
const SOON_MS = 10_000;

/** The sample's endpoints, with keys told by INFO: so a phone can say which of them it heard. */
const withInfo = () =>
  readFileSync(join(FOLDER, 'pbx/pjsip.conf'), 'utf8').replaceAll('dtmf_mode = auto', 'dtmf_mode = info');

describe('sample PBX: keys in the hands of outsiders', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let [a, b, c, trunk] = [] as unknown as [Phone, Phone, Phone, Phone];

  before(async () => {
    pbx = await startSamplePbx({ conf: { 'pjsip.conf': withInfo() } });
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
  const bridged = (n = 2, talks = 1) =>
    until(
      async () => (await pbx.cli('bridge show all')).match(new RegExp(` ${n} +(basic|Basic)`, 'g'))?.length === talks,
      { what: talks === 1 ? 'a talk' : `${talks} talks` },
    );

  /** Presses the code and the number; whether our trunk is dialled for it. */
  async function dials(call: PhoneCall, code: string): Promise<boolean> {
    const before = expensive();
    await call.press(code);
    await sleep(300);
    await call.press(EXPENSIVE);
    return until(() => expensive() > before, { what: 'the number is dialled', deadline: SOON_MS });
  }

  /** Every key that any phone hears, in the order of the clock. */
  const heard = () =>
    [a, b, c, trunk]
      .flatMap((phone) => phone.log.events.filter((e) => e.kind === 'dtmf_received'))
      .sort((one, other) => one.at - other.at)
      .map((e) => e.digit)
      .join('');
  /**
   * Presses the code; the PBX must hand every key on to the other side. A code that it takes for its own is heard by nobody, which
   * is sooner seen, and more surely, than that a number is not dialled.
   */
  async function isNoCode(call: PhoneCall, code: string, who = 'the caller'): Promise<void> {
    const before = heard().length;
    await call.press(code);
    const what = `the other side hears ${code}, which ${who} pressed`;
    await until(() => heard().slice(before) === code, { what, deadline: SOON_MS });
  }
  /** Every transfer that the hooks told: all of them went into the spool file. */
  const transfers = (result: string) =>
    readFileSync(pbx.spoolPath, 'utf8')
      .split('\n')
      .filter((line) => line.includes('&event=transfer&') && line.includes(`&result=${result}&`)).length;
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
        const before = heard();
        expect(await dials(out, code)).to.equal(true);
        // A key that the PBX takes is heard by nobody: on this stand the tests below.
        expect(heard()).to.equal(before);
      });

      it('a caller may not', async () => {
        const [caller] = await arrives();
        await isNoCode(caller, code);
      });

      it('a caller who was transferred may not', async () => {
        const [caller, talk] = await arrives();
        await talk.transfer('102');
        await (await b.incoming()).answered();
        await until(() => a.calls().length === 0, { what: 'the first phone is free' });
        await bridged();
        await isNoCode(caller, code);
      });

      it('a caller who was transferred after consulting may not', async () => {
        const [caller, talk] = await arrives();
        const consult = a.call('102');
        await consult.answered();
        // Before its talk has begun the consultation is that of the next test.
        await bridged(2, 2);
        await talk.transferTo(consult);
        await until(() => a.calls().length === 0, { what: 'the first phone is free' });
        await bridged();
        await isNoCode(caller, code);
      });

      // The Dial() of him who consults, T included, goes on with the caller in his place.
      it('a caller who was transferred to a phone that still rings may not', async () => {
        b.reset(ringOnly);
        const [caller, talk] = await arrives();
        const consult = a.call('102');
        await consult.waitFor('ringing_received');
        await talk.transferTo(consult);
        await until(() => a.calls().length === 0, { what: 'the first phone is free' });
        // Answered any sooner it would be the transfer of the test above.
        (await b.incoming()).answer();
        await bridged();
        const [refused, paid] = [transfers('failed'), expensive()];
        await caller.press(code);
        await sleep(300);
        await caller.press(EXPENSIVE);
        await until(() => transfers('failed') > refused, { what: 'the transfer is refused', deadline: SOON_MS });
        expect(expensive()).to.equal(paid);
      });

      it('a caller who is forwarded to the outside may not, nor he who is called there', async () => {
        await a.call('*21+998000000142').ended();
        const caller = trunk.call('5551101', CLIENT);
        const outside = await trunk.incoming();
        await caller.answered();
        await bridged();
        await isNoCode(caller, code);
        await isNoCode(outside, code, 'the called');
      });

      it('a caller whom the phone itself sends outside may not, nor he who is called there', async () => {
        a.plan = movedTo('+998000000142');
        const caller = trunk.call('5551101', CLIENT);
        const outside = await trunk.incoming();
        await caller.answered();
        await bridged();
        await isNoCode(caller, code);
        await isNoCode(outside, code, 'the called');
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
        await isNoCode(outside, code, 'the called');
      });

      it('a caller who was parked may not', async () => {
        const [caller, talk] = await arrives();
        await talk.transfer('700');
        await until(async () => / 701\b/.test(await pbx.cli('parking show default')), { what: 'somebody is parked' });
        const taker = c.call('701');
        await taker.answered();
        await bridged();
        await isNoCode(caller, code);
      });
    });
});
