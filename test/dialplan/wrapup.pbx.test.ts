// The wrap-up on a real Asterisk without any server: nothing of it waits for one.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { answerAfter, type Phone, ringOnly } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';

interface Told {
  event: string;
  at: number;
  operator: string;
  how: string;
}

describe('wrap-up of a PBX that has lost its server', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let operator: Phone;
  let trunk: Phone;

  /** What the hooks said, in the order of the clock: all of it is in the spool. */
  const told = (...events: string[]): Told[] => {
    const lines = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8').trim().split('\n') : [];
    const fields = lines.map((line) => new URLSearchParams(line));
    return fields
      .map((f) => ({
        event: f.get('event') ?? '',
        at: Number(f.get('at')),
        operator: f.get('operator') ?? '',
        how: f.get('how') ?? '',
      }))
      .filter(({ event }) => events.includes(event))
      .sort((a, b) => a.at - b.at);
  };
  const words = () => told('offer', 'wrapup', 'wrapped').map(({ event, how }) => `${event} ${how}`.trim());
  const code = async (digits: string) => void (await operator.call(digits).ended());
  const paused = async () => (await pbx.cli('queue show sales')).includes('(paused:wrap_up');

  async function talk(): Promise<void> {
    const before = told('answer').length;
    const call = await operator.incoming(15_000);
    // Who puts the handset down before the PBX has joined the two has not talked.
    await until(() => told('answer').length > before, { what: 'the operator talks' });
    await call.hangup();
  }

  beforeEach(async () => {
    pbx = await startSamplePbx();
    // The breaker stays open: every line goes to the spool, and nobody is asked.
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    operator = await pbx.phone('101', { plan: answerAfter(100) });
    trunk = await pbx.trunk();
    await code('*45');
    operator.reset();
  });
  afterEach(async () => {
    await pbx?.remove();
  });

  it('keeps three waiting callers away until its time is up', async () => {
    await pbx.cli('dialplan set global DH_WRAPUP 2');
    for (const number of ['+998000000101', '+998000000102', '+998000000103'])
      trunk.call('5551000', { from: { number } });
    for (let n = 0; n < 3; n++) await talk();
    await until(() => told('wrapped').length === 3, { what: 'three wrap-ups are over' });
    const one = ['offer', 'wrapup', 'wrapped timeout'];
    expect(words()).to.deep.equal([...one, ...one, ...one]);
    const [begins, ends] = [told('wrapup'), told('wrapped')];
    const long = begins.map(({ at }, n) => (ends[n]?.at ?? 0) - at);
    // Never shorter; and as a busy machine may be late, the one on which it was least so counts.
    for (const one of long) expect(one).to.be.at.least(1.7);
    expect(Math.min(...long)).to.be.closeTo(2, 0.3);
    expect(pbx.problems()).to.deep.equal([]);
  });

  it('is there after a restart, where nobody keeps its time, and *49 ends it', async () => {
    await pbx.cli('dialplan set global DH_WRAPUP_sales 600');
    trunk.call('5551000', { from: { number: '+998000000101' } });
    await talk();
    await until(paused, { what: 'the operator is in wrap-up' });
    await pbx.stop();
    await pbx.start();
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    await operator.register();
    expect(await paused(), 'the pause outlives the restart').to.equal(true);
    expect(await pbx.cli('core show channels')).to.not.contain('dialhook-wrapping');
    await code('*49');
    expect(await paused()).to.equal(false);
    expect(words()).to.deep.equal(['offer', 'wrapup', 'wrapped done']);
    await code('*49');
    expect(words()).to.have.length(3);
  });

  it('keeps callers away also when an old pause was ended by another tool, and a call of another queue was missed', async () => {
    await pbx.cli('dialplan set global DH_WRAPUP 2');
    await pbx.cli('dialplan set global DH_QUEUES_101 sales&billing');
    await code('*45');
    await code('*471');
    await pbx.cli('queue unpause member PJSIP/101');
    await missesInBilling();
    const pauses = () => told('pause').length;
    // Only *471: sales still rings, so the operator is not away, whatever billing's autopause thinks.
    expect(pauses()).to.equal(1);
    for (const number of ['+998000000101', '+998000000102']) trunk.call('5551000', { from: { number } });
    for (let n = 0; n < 2; n++) await talk();
    await until(() => told('wrapped').length === 2, { what: 'two wrap-ups are over' });
    const one = ['offer', 'wrapup', 'wrapped timeout'];
    expect(words().slice(-6)).to.deep.equal([...one, ...one]);
    for (const queue of ['sales', 'billing']) expect(await pbx.cli(`queue show ${queue}`)).to.not.contain('(paused');
  });

  /** A call of billing that nobody takes: autopause takes the operator out of that queue. */
  async function missesInBilling(): Promise<void> {
    operator.plan = ringOnly;
    const caller = trunk.call('5553000', { from: { number: '+998000000103' } });
    await until(async () => /Auto-Pause/.test(await pbx.cli('queue show billing')), {
      what: 'autopause',
    });
    await caller.hangup();
    await until(() => operator.calls().length === 0, { what: 'the phone is silent' });
    operator.reset(answerAfter(100));
  }
});
