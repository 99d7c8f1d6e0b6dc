// What no hook can see, on a real Asterisk: what its manager interface says becomes lines of the right call.
import { expect } from 'chai';
import { answerAfter, type PhoneCall, ringOnly } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import type { CallEvent } from '../../src/call/event.js';
import { PARKING, type PlainPbx, plainPbx } from './plain-pbx.js';

describe('watch on Asterisk', function () {
  this.timeout(120_000);
  let pbx: PlainPbx;

  before(async () => {
    pbx = await plainPbx();
  });
  after(() => pbx?.remove());
  beforeEach(async () => {
    for (const phone of Object.values(pbx.phones)) phone.plan = answerAfter(50);
    pbx.forget();
    await pbx.restart({ restMs: 100 });
  });
  afterEach(() => pbx.hangUpAll());

  /** A talk of 101 with 102; both sides are in a bridge when it resolves. */
  const talk = async (): Promise<{ caller: PhoneCall; callee: PhoneCall }> => {
    const caller = pbx.phones.a.call('102');
    await caller.answered();
    await bridges(1);
    const callee = pbx.phones.b.calls()[0];
    if (!callee) throw new Error('102 has no call');
    return { caller, callee };
  };
  const bridges = (n: number) =>
    until(async () => ((await pbx.asterisk.cli('bridge show all')).match(/ 2 +basic /g) ?? []).length === n, {
      what: `${n} bridges of two`,
      every: 50,
    });
  /** A caller hears the answer a moment before the queue takes the call. */
  const waiting = (n: number) =>
    until(async () => (await pbx.asterisk.cli('queue show lab')).includes(`lab has ${n} calls`), {
      what: `${n} callers in the queue`,
      every: 50,
    });
  const idOf = (event: CallEvent) => `pbx1-${event.uniqueid}`;
  const CALLER = /^PJSIP\/101-/;
  const CALLEE = /^PJSIP\/102-/;

  it('hold and unhold, of either side, in the call of the channel', async () => {
    const { caller, callee } = await talk();
    const before = Date.now();
    await callee.hold();
    const held = await pbx.next('hold');
    expect(held).to.include({ source: 'ami', pbx: 'pbx1', endpoint: '102' });
    expect(held.channel).to.match(CALLEE);
    expect(held.call).to.equal(`pbx1-${held.linkedid}`).and.not.equal(idOf(held));
    expect(held.at).to.be.within(before - 50, Date.now() + 50);
    expect(held.id).to.equal(`pbx1-${held.uniqueid}-hold-${held.at}-0`);
    await callee.resume();
    expect((await pbx.next('unhold')).channel).to.match(CALLEE);
    await caller.hold();
    const back = await pbx.next('hold');
    expect(back.channel).to.match(CALLER);
    expect(back.call).to.equal(held.call);
  });

  it('an attended transfer names the party that goes on, and joins the two calls', async () => {
    const { callee } = await talk();
    await callee.hold();
    const consult = pbx.phones.b.call('103');
    await consult.answered();
    await bridges(2);
    const first = await pbx.next('hold');
    await callee.transferTo(consult);
    const event = await pbx.next('transfer');
    expect(event).to.include({ kind: 'attended', result: 'ok', to: '103', call: first.call });
    if (event.event !== 'transfer') return;
    expect(event.channel).to.match(CALLER);
    expect(event.by).to.match(CALLEE);
    expect(event.by).to.equal(first.channel);
    // The other call is the consultation's own, and its target is not on it by linkedid yet.
    expect(event.other)
      .to.match(/^pbx1-pbx1-/)
      .and.not.equal(event.call);
    expect(event.target).to.not.be.oneOf(['', event.uniqueid]);
  });

  it('a blind transfer that worked is the hook’s to tell', async () => {
    const { callee } = await talk();
    await callee.transfer('103');
    await until(() => pbx.phones.c.calls().length === 1, { what: 'a call at 103' });
    await bridges(1);
    expect(pbx.told.map((event) => event.event)).to.not.include('transfer');
  });

  it('parked by keys, and retrieved by another call', async () => {
    const { callee } = await talk();
    await callee.press('*7');
    const parked = await pbx.next('park');
    expect(parked).to.include({ lot: 'default', slot: '701', by: 'PJSIP/102', timeout: 45 });
    expect(parked.channel).to.match(CALLER);
    const taking = pbx.phones.c.call('701');
    await taking.answered();
    const taken = await pbx.next('retrieve');
    expect(taken).to.include({ lot: 'default', slot: '701', parked: parked.uniqueid, other: parked.call });
    expect(taken.channel).to.match(/^PJSIP\/103-/);
    expect(taken.call).to.equal(idOf(taken));
  });

  it('parked too long: it comes back to who parked it', async () => {
    const { asterisk } = pbx;
    await asterisk.configure('res_parking.conf', PARKING.replace('parkingtime = 45', 'parkingtime = 2'));
    await asterisk.cli('module reload res_parking.so');
    const { callee } = await talk();
    await callee.press('*7');
    const parked = await pbx.next('park');
    const back = await pbx.next('comeback');
    expect(back).to.include({ lot: 'default', slot: '701', to: '102', uniqueid: parked.uniqueid, call: parked.call });
    expect(back.at - parked.at).to.be.within(1500, 15_000);
  });

  it('a pickup names the channel that rang, and the call it belongs to', async () => {
    pbx.phones.b.plan = ringOnly;
    const ringing = pbx.phones.a.call('102');
    await ringing.waitFor('ringing_received');
    const taking = pbx.phones.d.call('641');
    await taking.answered();
    const event = await pbx.next('pickup');
    expect(event).to.include({ target: '102', call: idOf(event) });
    expect(
      event.event === 'pickup' && [event.picked !== '', event.other !== '', event.other !== event.call],
    ).to.deep.equal([true, true, true]);
  });

  it('places in a queue move when one leaves and when one is put before', async () => {
    const first = pbx.phones.a.call('600');
    await waiting(1);
    pbx.phones.b.call('600');
    await waiting(2);
    pbx.phones.c.call('600');
    await waiting(3);
    await first.hangup();
    const moved = [await pbx.next('position'), await pbx.next('position')];
    expect(
      moved.map((event) => [event.event === 'position' && event.position, event.channel.slice(0, 9)]),
    ).to.deep.equal([
      [1, 'PJSIP/102'],
      [2, 'PJSIP/103'],
    ]);
    expect(moved[0]).to.include({ queue: 'lab', waiting: 2, call: idOf(moved[0] as CallEvent) });
    pbx.phones.d.call('601');
    await waiting(3);
    const back = [await pbx.next('position'), await pbx.next('position')];
    expect(back.map((event) => [event.event === 'position' && event.position, event.uniqueid])).to.deep.equal([
      [2, moved[0]?.uniqueid],
      [3, moved[1]?.uniqueid],
    ]);
  });

  it('spying, a conference, a recording', async () => {
    await talk();
    const spy = pbx.phones.c.call('620');
    await spy.answered();
    const spying = await pbx.next('spy');
    expect(spying).to.include({ target: '102', mode: 'listen', call: idOf(spying) });
    expect(spying.event === 'spy' && spying.other)
      .to.match(/^pbx1-pbx1-/)
      .and.not.equal(spying.call);
    await spy.hangup();
    expect(await pbx.next('spied')).to.include({ target: '102', uniqueid: spying.uniqueid });

    const room = pbx.phones.c.call('610');
    await room.answered();
    const joined = await pbx.next('join');
    expect(joined).to.include({ room: 'room1', role: 'member', call: idOf(joined) });
    await room.hangup();
    expect(await pbx.next('quit')).to.include({ room: 'room1', uniqueid: joined.uniqueid });

    const recorded = pbx.phones.d.call('631');
    await recorded.answered();
    expect(await pbx.next('record')).to.include({ file: '', source: 'ami' });
    expect((await pbx.next('recorded')).channel).to.match(/^PJSIP\/104-/);
  });

  it('two that watch tell the same lines', async () => {
    const { callee } = await talk();
    const lines: string[] = [];
    const { startWatch } = await import('../../src/reconcile/watch.js');
    const other = startWatch({
      pbx: 'pbx1',
      ami: pbx.ami,
      report: (line) => lines.push(line),
      log: pbx.log,
      now: () => 1,
    });
    await callee.hold();
    await callee.resume();
    await pbx.next('unhold');
    await other.stop();
    expect(lines).to.have.length(2);
    expect(pbx.lines).to.deep.equal(lines);
  });

  it('refused nothing, and needed no more than the manager user may', () => {
    expect(pbx.log.lines.filter((line) => line.level !== 'info')).to.deep.equal([]);
  });
});
