// Where the sample PBX lets a call go on, on a real Asterisk: forwards end, and nobody outside sends our calls elsewhere.
import { expect } from 'chai';
import { answerAfter, movedTo, type Phone, ringOnly } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';

describe('sample PBX: ways a call goes on', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let [a, b, c, trunk] = [] as unknown as [Phone, Phone, Phone, Phone];

  before(async () => {
    pbx = await startSamplePbx();
    [a, b, c] = [await pbx.phone('101'), await pbx.phone('102'), await pbx.phone('103')];
    trunk = await pbx.trunk();
  });
  after(() => pbx?.remove());
  beforeEach(() => {
    for (const phone of [a, b, c, trunk]) phone.reset(answerAfter(50));
  });

  /** Dials a code and waits until the PBX has hung up. */
  const code = (phone: Phone, digits: string) => phone.call(digits).ended();

  it('does not follow a trunk that sends our call elsewhere', async () => {
    trunk.plan = movedTo('102');
    const invited = b.log.events.length;
    const out = a.call('+998000000142');
    expect((await out.ended(10_000)).kind).to.equal('refusal_received');
    expect(b.log.events.slice(invited).map((event) => event.kind)).to.not.include('invite_received');
  });

  const numbersFrom = (phone: Phone, from: number) =>
    phone.log.events.slice(from).flatMap((event) => (event.kind === 'invite_received' ? [event.dialled] : []));
  /** With a technology in it, Asterisk dials a 302 past every context. */
  const PAST = 'PJSIP/+12025550142@trunk';

  it('does not follow a trunk that names a technology', async () => {
    const from = trunk.log.events.length;
    trunk.plan = movedTo(PAST);
    expect((await a.call('+998000000142').ended(10_000)).kind).to.equal('refusal_received');
    expect(numbersFrom(trunk, from)).to.deep.equal(['+998000000142']);
  });

  it('lets nobody talk with whom a phone rang past the dialplan', async () => {
    a.plan = movedTo(PAST);
    const out = c.call('101');
    expect((await out.ended(10_000)).kind).to.equal('refusal_received');
    await until(() => trunk.calls().length === 0, { what: 'the outside is let go' });
    // A thread of its own writes the log, a moment later.
    await until(() => /WARNING.* PJSIP\/101-\w+ sent its call past the dialplan/.test(pbx.log()), { what: 'the log' });
  });

  it('keeps the caller of a queue there, wherever a phone sends him', async () => {
    await pbx.cli('queue add member PJSIP/101 to sales');
    await pbx.cli('queue add member PJSIP/102 to sales');
    const from = trunk.log.events.length;
    for (const to of [PAST, '103', '+998000000142']) {
      a.plan = movedTo(to);
      const caller = trunk.call('5551000', { from: { number: '+998000000101' } });
      const talk = await b.incoming(10_000);
      await Promise.all([talk.answered(), caller.answered()]);
      await caller.hangup();
      await talk.ended();
      expect(c.calls(), to).to.deep.equal([]);
    }
    expect(numbersFrom(trunk, from)).to.deep.equal([]);
    for (const member of ['101', '102']) await pbx.cli(`queue remove member PJSIP/${member} from sales`);
  });

  it('ends a forward in a ring: the phone that was passed gets the call no more', async () => {
    await code(a, '*21102');
    await code(b, '*21101');
    const out = c.call('101');
    await out.answered();
    expect((await b.incoming()).state).to.equal('up');
    expect(a.calls()).to.deep.equal([]);
    await out.hangup();
    await code(a, '*20');
    await code(b, '*20');
    const again = c.call('101');
    await again.answered();
    expect((await a.incoming()).state).to.equal('up');
    await again.hangup();
  });

  it('ends a ring of phones that forward by themselves', async () => {
    [a.plan, b.plan] = [movedTo('102'), movedTo('101')];
    const out = c.call('101');
    expect((await out.ended(10_000)).kind).to.equal('refusal_received');
  });

  it('forwards by each case of its own', async () => {
    await code(a, '*22102');
    a.plan = { kind: 'reject', status: 486, afterMs: 0 };
    const busy = c.call('101');
    await busy.answered();
    expect((await b.incoming()).state).to.equal('up');
    await busy.hangup();
    a.plan = ringOnly;
    const unanswered = c.call('101');
    expect((await unanswered.ended(10_000)).kind).to.not.equal('answer_received');
    await code(a, '*20');
  });

  it('takes a code from a phone only: a click on one makes no operator of its channel', async () => {
    const state = async () => (await pbx.cli('queue show')) + (await pbx.cli('database show dialhook-forward'));
    const ask = async (digits: string) => {
      await pbx.cli(`channel originate Local/${digits}@operators/n application Wait 1`);
      const done = async () => /^0 active channels/m.test(await pbx.cli('core show channels'));
      await until(done, { what: `${digits} is done` });
    };
    for (const digits of ['*45', '*21102', '*20', '*471', '*49']) await ask(digits);
    expect(await state()).to.not.match(/PJSIP\/\*?\d+|dialhook-forward\//);
    await code(a, '*45');
    expect(await state()).to.contain('PJSIP/101');
    await code(a, '*46');
  });

  it('lets a transferred caller dial no code of the phones', async () => {
    const caller = trunk.call('5551101', { from: { number: '+998000000101' } });
    const talk = await a.incoming();
    await Promise.all([talk.answered(), caller.answered()]);
    const bridged = async () => / 2 +basic /.test(await pbx.cli('bridge show all'));
    await until(bridged, { what: 'the two talk' });
    await talk.transfer('*45');
    // The code is no number for a transfer, so the caller comes back to the phone that tried.
    await (await a.incoming(10_000)).answered();
    expect(await pbx.cli('queue show')).to.not.contain('PJSIP/trunk');
    await caller.hangup();
  });
});
