// People from outside who talk with one another through us, on a real Asterisk: none of them gets keys by which he would call out at
// our cost, however they came together, and they do not talk for ever.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { answerAfter, movedTo, type Phone, type PhoneCall } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { testLog } from '../ami/fake.js';

const CLIENT = { from: { number: '+998000000101' } };
const [CALLED, OTHER] = ['+998000000142', '+998000000143'];
const EXPENSIVE = '998000000666';
const MEMBER = 'Local/101@agents/n';

describe('sample PBX: outsiders who talk through us', function () {
  this.timeout(60_000);
  let pbx: SamplePbx;
  let ami: Ami;
  let [a, b, trunk] = [] as unknown as [Phone, Phone, Phone];

  before(async () => {
    const conf = readFileSync(new URL('../../dialplan/pbx/features.conf', import.meta.url), 'utf8');
    // The sooner the last digit is believed to be the last.
    const quick = conf.replace('transferdigittimeout = 2', 'transferdigittimeout = 1');
    pbx = await startSamplePbx({ conf: { 'features.conf': quick } });
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    const { amiPort: port, amiUser: user, amiSecret: secret } = pbx;
    ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog() });
    await until(() => ami.state().up, { what: 'AMI is up' });
    [a, b] = [await pbx.phone('101', { rtp: true }), await pbx.phone('102', { rtp: true })];
    trunk = await pbx.trunk({ rtp: true });
  });
  after(async () => {
    await ami?.close();
    await pbx?.remove();
  });
  beforeEach(() => {
    for (const phone of [a, b, trunk]) phone.reset(answerAfter(50));
    since = trunk.log.events.length;
  });
  afterEach(async () => {
    for (const phone of [a, b, trunk]) await Promise.allSettled(phone.calls().map((call) => call.hangup()));
    for (const queue of ['helpdesk', 'sales']) await pbx.cli(`queue remove member ${MEMBER} from ${queue}`);
    await pbx.cli('dialplan set global DH_TOLL_RATE 0');
    await until(async () => /^0 active channels/m.test(await pbx.cli('core show channels')), { what: 'all is quiet' });
  });

  /** The numbers that we had the trunk dial in this test. */
  const paid = () => trunk.log.events.slice(since).flatMap((e) => (e.kind === 'invite_received' ? [e.dialled] : []));
  let since = 0;
  const talks = (n: number) =>
    until(async () => (await pbx.cli('bridge show all')).match(/ 2 +basic/gi)?.length === n, { what: `${n} talks` });
  /** Transfers that were understood and refused. */
  const settled = () => (pbx.log().match(/may not transfer: refused/g) ?? []).length;

  /** 101 clicks on a number: the phone rings, then the number is called. */
  async function clicks(): Promise<[PhoneCall, PhoneCall]> {
    await ami.action('Originate', {
      ...{ Channel: 'Local/101@dialhook-operator/n', Context: 'dialhook-actions', Exten: 'call', Priority: 1 },
      ...{ Timeout: 30_000, Async: true },
      Variable: { __DH_OPERATOR: '101', __DH_TO: CALLED, __DH_CLICK: 'c-1', __DH_CALL: 'c-1' },
    });
    const own = await a.incoming();
    const outside = await trunk.incoming();
    await outside.answered();
    return [own, outside];
  }
  async function arrives(did: string): Promise<[PhoneCall, PhoneCall]> {
    const client = trunk.call(did, CLIENT);
    const talk = await a.incoming();
    await client.answered();
    return [client, talk];
  }
  async function sent(talk: PhoneCall): Promise<PhoneCall> {
    await talk.transfer(OTHER);
    const second = await trunk.incoming();
    await second.answered();
    return second;
  }

  /**
   * Presses the code and a number; whether we dial it. For who may it is waited as long as a busy machine takes, for who may not as
   * long as features.conf gives, and a half: then nothing is dialled any more.
   */
  async function paysFor(call: PhoneCall, code: string, deadline = 1600): Promise<boolean> {
    const [before, from] = [settled(), paid().length];
    const dialled = () => paid().slice(from).includes(`+${EXPENSIVE}`);
    await call.press(code);
    await sleep(300);
    await call.press(EXPENSIVE);
    await until(() => dialled() || settled() > before, { what: 'the keys are understood', deadline }).catch(
      () => undefined,
    );
    return dialled();
  }

  // Both codes hang on the same option of Dial() and Queue(), and go by the same context.
  for (const code of ['#1', '*2'])
    describe(`by ${code}`, () => {
      it('an operator may, in a call that was clicked', async () => {
        const [own] = await clicks();
        await talks(2);
        expect(await paysFor(own, code, 15_000)).to.equal(true);
      });

      it('who was called by a click may not', async () => {
        const [, outside] = await clicks();
        await talks(2);
        expect(await paysFor(outside, code)).to.equal(false);
      });

      it('a client who was joined to a clicked call may not', async () => {
        const [client, talk] = await arrives('5551101');
        await talks(1);
        const [own] = await clicks();
        await talks(3);
        await own.transferTo(talk);
        await until(() => a.calls().length === 0, { what: 'the phone is free' });
        await talks(2);
        expect(await paysFor(client, code)).to.equal(false);
      });

      // What the other code hangs on has been seen by now.
      if (code === '*2') return;

      it('to whom a clicked call was sent outside may not', async () => {
        const [own] = await clicks();
        await talks(2);
        const second = await sent(own);
        await talks(2);
        expect(await paysFor(second, code)).to.equal(false);
      });

      it('to whom a member with a dialplan of its own sent the client may not, also where Queue() has option t', async () => {
        for (const [queue, did] of [
          ['helpdesk', '5557000'],
          ['sales', '5551000'],
        ] as const) {
          await pbx.cli(`queue add member ${MEMBER} to ${queue} penalty 0 as 101 state_interface PJSIP/101`);
          const [client, talk] = await arrives(did);
          await talks(2);
          const second = await sent(talk);
          await talks(2);
          expect(await paysFor(second, code), queue).to.equal(false);
          await client.hangup().catch(() => undefined);
          await until(() => trunk.calls().length === 0, { what: 'the line is free' });
        }
      });
    });

  const SENT_ON = 'forwarded by a phone itself (SIP 302), past the context of forwards:';
  for (const to of ['Local/+998000000555@trunk-out', 'Local/+998000000555@trunk-out/n'])
    it(`no call goes outside that was ${SENT_ON} ${to}`, async () => {
      a.plan = movedTo(to);
      expect((await b.call('101').ended()).kind).to.equal('refusal_received');
      expect(paid()).to.deep.equal([]);
    });

  it(`nobody talks who was ${SENT_ON} with another phone`, async () => {
    a.plan = movedTo('Local/5551103@from-trunk');
    const phone = await pbx.phone('103', { rtp: true });
    expect((await b.call('101').ended()).kind).to.equal('refusal_received');
    expect(pbx.log()).to.match(/WARNING.* PJSIP\/101-\w+ sent its call past the dialplan/);
    await phone.close();
  });

  /** Each number once: a count by number would find one call of each. */
  const numbers = [1, 2, 3, 4, 5].map((n) => `99800000055${n}`);
  const refusedByRate = () =>
    existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8').split('&reason=toll%20rate').length - 1 : 0;

  it('a phone that forwards by itself is counted, and not the numbers it forwards to', async () => {
    await pbx.cli('dialplan set global DH_TOLL_RATE 1');
    const before = refusedByRate();
    for (const number of numbers) {
      a.plan = movedTo(`+${number}`);
      const call = b.call('101');
      await call.waitFor(['answer_received', 'refusal_received']);
      await call.hangup().catch(() => undefined);
      await until(() => trunk.calls().length === 0, { what: 'the line is free' });
    }
    // The minute of the count may change on the way, once.
    expect(paid().length).to.be.lessThan(3);
    expect(refusedByRate() - before).to.be.greaterThan(2);
  });

  it('and so is a phone that asks outside before it transfers', async () => {
    await pbx.cli('dialplan set global DH_TOLL_RATE 1');
    const before = refusedByRate();
    for (const number of numbers.slice(0, 3)) {
      const call = b.call('101');
      await call.answered();
      await talks(1);
      const seen = paid().length + refusedByRate();
      await call.press('*2');
      await sleep(300);
      await call.press(number);
      await until(() => paid().length + refusedByRate() > seen, { what: 'the trunk, or a refusal' });
      for (const phone of [b, a, trunk]) await Promise.allSettled(phone.calls().map((one) => one.hangup()));
      await until(async () => /^0 active channels/m.test(await pbx.cli('core show channels')), {
        what: 'all is quiet',
      });
      if (refusedByRate() > before) break;
    }
    expect(paid().length).to.be.lessThan(3);
    expect(refusedByRate()).to.be.greaterThan(before);
  });

  it('a code that somebody was transferred to is none of the own phone', async () => {
    await pbx.cli('dialplan set global DH_TRANSFER_CONTEXT operators');
    const call = a.call('102');
    await call.answered();
    await talks(1);
    await call.transfer(`*21${EXPENSIVE}`);
    await until(() => b.calls().length === 0, { what: 'the other phone is free' });
    const [client, talk] = await arrives('5551101');
    await talks(1);
    await talk.transfer('*45');
    await client.ended();
    await pbx.cli('dialplan set global DH_TRANSFER_CONTEXT transfers');
    expect(await pbx.cli('database show dialhook-forward')).to.not.contain(EXPENSIVE);
    expect(await pbx.cli('queue show')).to.not.contain('PJSIP/trunk');
  });

  it('two outsiders whom an operator left alone are parted when their time is over', async () => {
    await pbx.cli('dialplan set global DH_TOLL_LONGEST 3');
    const [client, talk] = await arrives('5551101');
    await talks(1);
    const second = await sent(talk);
    await until(() => a.calls().length === 0, { what: 'the phone is free' });
    await Promise.all([second.ended(), client.ended()]);
    await pbx.cli('dialplan set global DH_TOLL_LONGEST 14400');
  });

  it('and also when the operator asked there first: the leg that costs has the limit, not the one of who leaves', async () => {
    const [, held] = await arrives('5551101');
    await talks(1);
    const out = a.call(OTHER);
    await (await trunk.incoming()).answered();
    await out.answered();
    await talks(2);
    await held.transferTo(out);
    await until(() => a.calls().length === 0, { what: 'the phone is free' });
    const names = (await pbx.cli('core show channels concise')).match(/^PJSIP\/trunk-\w+/gm) ?? [];
    const limits = await Promise.all(
      names.map(async (name) => /Time to Hangup: (\d+)/.exec(await pbx.cli(`core show channel ${name}`))?.[1]),
    );
    // Seconds of the epoch; 0 where there is no limit.
    const left = limits.map(Number).map((at) => at && at - Date.now() / 1000);
    expect(left.filter((seconds) => seconds > 14_000 && seconds <= 14_401)).to.have.length(1);
  });
});
