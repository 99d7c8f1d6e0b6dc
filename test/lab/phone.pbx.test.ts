import { expect } from 'chai';
import { type Asterisk, startAsterisk } from '../../scripts/lab/asterisk.js';
import { minimalPbx, PHONE_PASSWORD, TRUNK_HOST } from '../../scripts/lab/minimal-pbx.js';
import {
  answerAfter,
  busy,
  ignore,
  movedTo,
  openPhone,
  openTrunk,
  type Phone,
  rejectWith,
  ringOnly,
} from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';

describe('lab: phone on a real Asterisk', () => {
  let asterisk: Asterisk;
  let [a, b, c, trunk] = [] as unknown as [Phone, Phone, Phone, Phone];
  const phones = new Set<Phone>();
  const kinds = (phone: Phone, callId: string) =>
    phone.log.events.filter((e) => e.callId === callId).map((e) => e.kind);
  /** Both sides hear each other: an answer reaches a phone a moment before the PBX has joined the two. */
  const joined = () =>
    until(async () => / 2 +basic /.test(await asterisk.cli('bridge show all')), { what: 'a bridge of two' });
  const idle = () =>
    until(() => [a, b, c, trunk].every((phone) => phone.calls().length === 0), { what: 'all calls to end' });

  before(async function () {
    this.timeout(120_000);
    const trunkPort = await freePort(TRUNK_HOST);
    asterisk = await startAsterisk({ conf: minimalPbx(['101', '102', '103'], trunkPort) });
    const pbx = { host: asterisk.sipHost, port: asterisk.sipPort };
    const open = (user: string) => openPhone({ user, password: PHONE_PASSWORD, pbx, name: `Phone ${user}` });
    [a, b, c] = [await open('101'), await open('102'), await open('103')];
    trunk = await openTrunk({ pbx, port: trunkPort });
    for (const phone of [a, b, c, trunk]) phones.add(phone);
    for (const phone of [a, b, c]) await phone.register();
  });
  after(async () => {
    for (const phone of phones) await phone.close();
    await asterisk?.remove();
  });
  beforeEach(() => {
    for (const phone of [a, b, c, trunk]) phone.reset(answerAfter(30));
  });
  afterEach(async () => {
    for (const phone of [a, b, c, trunk]) for (const call of phone.calls()) await call.hangup();
    await idle();
  });

  it('is refused with a wrong password', async () => {
    const stranger = await openPhone({
      user: '101',
      password: 'wrong',
      pbx: { host: asterisk.sipHost, port: asterisk.sipPort },
    });
    phones.add(stranger);
    const error = await stranger.register().catch((e: Error) => e.message);
    expect(error).to.match(/refused to register 101: 401/);
  });

  it('calls another phone, and the times of both agree', async () => {
    const out = a.call('102');
    const answered = await out.answered();
    const call = await b.incoming();
    expect([call.number, call.name, call.dialled, call.state]).to.deep.equal(['101', 'Operator 101', '102', 'up']);
    const came = await call.waitFor('invite_received');
    const sent = await call.waitFor('answer_sent');
    expect(sent.at - came.at).to.be.within(29, 5000);
    expect(answered.at).to.be.at.least(sent.at);
    await out.bye();
    await call.waitFor('bye_received');
    expect(kinds(b, call.callId)).to.deep.equal([
      'invite_received',
      'ringing_sent',
      'answer_sent',
      'ack_received',
      'bye_received',
    ]);
  });

  it('is hung up by the other side', async () => {
    const out = a.call('102');
    await out.answered();
    await (await b.incoming()).bye();
    expect((await out.ended()).kind).to.equal('bye_received');
  });

  it('is busy, and rejects with any code', async () => {
    b.plan = busy;
    expect((await a.call('102').ended()).status).to.equal(486);
    b.plan = rejectWith(603, 50);
    const call = a.call('102');
    await call.waitFor('ringing_received');
    await call.ended();
    const refused = await b.waitFor((event) => event.kind === 'refusal_sent' && event.status === 603);
    expect(refused.reason).to.equal('Decline');
  });

  it('sends its calls on to another phone', async () => {
    b.plan = movedTo('103');
    const out = a.call('102');
    await out.answered();
    expect((await b.incoming()).state).to.equal('ended');
    await (await c.incoming()).answered();
    expect([b.calls().length, c.calls().length]).to.deep.equal([0, 1]);
  });

  it('gives up a call that rings, and the other phone stops ringing', async () => {
    b.plan = ringOnly;
    const out = a.call('102');
    await out.waitFor('ringing_received');
    out.cancel();
    expect((await out.ended()).status).to.equal(487);
    await b.waitFor('cancel_received');
  });

  it('gives up a call before anything came back', async () => {
    b.plan = ringOnly;
    const out = a.call('102');
    out.cancel();
    expect((await out.ended()).status).to.equal(487);
  });

  it('can be dead: no answer of any kind', async () => {
    b.plan = ignore;
    const out = a.call('102');
    const call = await b.incoming();
    out.cancel();
    await out.ended();
    expect(kinds(b, call.callId)).to.deep.equal(['invite_received']);
    await call.hangup();
  });

  it('holds and takes back', async () => {
    const out = a.call('102');
    await out.answered();
    await out.hold();
    expect(out.held).to.equal(true);
    await out.resume();
    expect(out.held).to.equal(false);
  });

  it('presses keys that Asterisk reads', async () => {
    const out = a.call('501');
    await out.answered();
    await out.press('42#');
    await out.ended();
    expect(asterisk.log()).to.match(/digits read: 42\b/);
  });

  it('transfers blind', async () => {
    const out = a.call('102');
    await out.answered();
    await joined();
    await out.transfer('103');
    await out.waitFor('transferred');
    expect((await out.ended()).kind).to.equal('bye_sent');
    expect([b.calls().length, c.calls().length]).to.deep.equal([1, 1]);
  });

  it('is told of a transfer that fails', async () => {
    const out = a.call('102');
    await out.answered();
    await joined();
    await out.transfer('999');
    expect((await out.waitFor('transfer_failed')).status).to.equal(404);
    expect(out.state).to.equal('up');
  });

  it('transfers after consulting', async () => {
    const first = a.call('102');
    await first.answered();
    await first.hold();
    const second = a.call('103');
    await second.answered();
    await until(async () => ((await asterisk.cli('bridge show all')).match(/ 2 +basic /g) ?? []).length === 2, {
      what: 'two bridges',
    });
    await first.transferTo(second);
    await first.ended();
    await second.ended();
    expect([a.calls().length, b.calls().length, c.calls().length]).to.deep.equal([0, 1, 1]);
  });

  it('answers by itself when the INVITE asks for it, even when its plan is to ring', async () => {
    c.plan = ringOnly;
    const out = a.call('513');
    await out.answered();
    expect((await c.waitFor((event) => event.autoAnswer === true)).kind).to.equal('invite_received');
  });

  it('calls in from outside under any name and number', async () => {
    const out = trunk.call('5550100', { from: { number: '+998001112233', name: 'Йо, <b>' } });
    await out.answered();
    const call = await a.incoming();
    expect([call.number, call.name]).to.deep.equal(['+998001112233', 'Йо, <b>']);
  });

  it('takes calls outside', async () => {
    const out = a.call('0998001112233');
    await out.answered();
    expect((await trunk.incoming()).dialled).to.equal('0998001112233');
  });

  it('answers the qualify of its registrar', async () => {
    await asterisk.cli('pjsip qualify 101');
    await a.waitFor('options_received');
  });

  it('sends and hears sound', async () => {
    const pbx = { host: asterisk.sipHost, port: asterisk.sipPort };
    const speaker = await openPhone({ user: '103', password: PHONE_PASSWORD, pbx, rtp: true });
    phones.add(speaker);
    const out = speaker.call('500');
    await out.answered();
    await until(() => speaker.packets() > 20, { what: 'the echo of our sound' });
    await out.bye();
  });

  it('stands an Asterisk that is frozen for a while: requests are repeated', async () => {
    asterisk.freeze();
    const out = a.call('102');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(out.state).to.equal('calling');
    asterisk.thaw();
    await out.answered();
    // The second INVITE was a repeat of the first, so one phone rings once.
    expect(
      b.log.events.filter((event) => event.kind === 'invite_received' && event.at >= (out.events[0]?.at ?? 0)),
    ).to.have.length(1);
  });
});
