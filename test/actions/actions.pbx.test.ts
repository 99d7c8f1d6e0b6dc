// Clicks on the sample PBX: the real dialplan on a real Asterisk. No server listens, so what the dialplan says is in the spool file.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import type { Clicker } from '../../src/actions/action.js';
import { destinationRule } from '../../src/actions/destination.js';
import { watchOriginates } from '../../src/actions/originated.js';
import { performClick } from '../../src/actions/perform.js';
import { rateLimit } from '../../src/actions/rate.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { type CallEvent, parseLine } from '../../src/call/event.js';
import { testLog, until } from '../ami/fake.js';
import { memoryClicks, OPERATOR, SUPERVISOR } from './memory.js';

describe('clicks on the sample PBX', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let ami: Ami;
  const clicks = memoryClicks();

  before(async () => {
    pbx = await startSamplePbx();
    const { amiPort: port, amiUser: user, amiSecret: secret } = pbx;
    ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog() });
    await until('AMI is up', () => ami.state().up, 10_000);
    watchOriginates({ ami, clicks: clicks.store, log: testLog() });
    await pbx.phone('101');
  });
  after(async () => {
    await ami?.close();
    await pbx?.remove();
  });

  const click = async (verb: string, args: object, user: Clicker = OPERATOR) => {
    const deps = { ami, clicks: clicks.store, limit: rateLimit(), destination: destinationRule(), log: testLog() };
    const result = await performClick(deps, { verb, args, user, now: Date.now() });
    expect(result.state, JSON.stringify(result)).to.equal('sent');
    return result.click;
  };
  const events = (): CallEvent[] => {
    const text = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8') : '';
    const parsed = text.split('\n').filter(Boolean).map(parseLine);
    return parsed.flatMap((one) => (one.ok ? [one.event] : []));
  };
  const said = (id: string) =>
    until(
      `the dialplan's word on ${id}`,
      () => {
        const event = events().find((one) => one.event === 'click' && one.click === id);
        return event?.event === 'click' && event;
      },
      15_000,
    );

  it('log in, pause, end the pause, log out: done, and said by the dialplan', async () => {
    for (const [verb, args, shown] of [
      ['login', { queues: ['sales'] }, /PJSIP\/101/],
      ['pause', { reason: 'lunch' }, /PJSIP\/101.*paused/],
      ['unpause', {}, /PJSIP\/101(?!.*paused)/],
      ['logout', {}, /No Members/],
    ] as const) {
      const id = await click(verb, args);
      expect(await said(id)).to.include({ verb, target: '101', result: 'ok', call: id });
      expect(await pbx.cli('queue show sales'), verb).to.match(shown);
      expect(clicks.rows.get(id)?.state).to.equal('sent');
    }
    const kinds = events().map((event) => event.event);
    expect(kinds).to.include.members(['login', 'pause', 'unpause', 'logout']);
  });

  it('a pause changes its reason: both are told, and the queue knows the new one', async () => {
    await said(await click('login', { queues: ['sales'] }));
    for (const reason of ['break', 'team training']) {
      expect(await said(await click('pause', { reason }))).to.include({ verb: 'pause', result: 'ok' });
      expect(await pbx.cli('queue show sales')).to.match(new RegExp(`PJSIP/101.*paused.*${reason}`));
    }
    const told = events().flatMap((event) => (event.event === 'pause' ? [event.reason] : []));
    expect(told.slice(-2)).to.deep.equal(['break', 'team training']);
    await said(await click('logout', {}));
  });

  it('a wrap-up is made longer, then ended; when it is over, both say so', async () => {
    await said(await click('login', { queues: ['sales'] }));
    const due = Math.floor(Date.now() / 1000) + 30;
    await pbx.cli(`database put dialhook-wrapup 101 "${due}:sales"`);
    expect(await said(await click('extend', {}))).to.include({ verb: 'extend', target: '101', result: 'ok' });
    const longer = await until('the new end', () => events().find((event) => event.event === 'wrapup'));
    expect(longer).to.include({ operator: '101', queue: 'sales' });
    // Nobody sends a time along: how much longer is the dialplan's own matter.
    expect(longer && 'until' in longer ? longer.until : 0).to.be.greaterThan(due * 1000);
    expect(await said(await click('done', {}))).to.include({ verb: 'done', target: '101', result: 'ok' });
    const over = await until('its end', () => events().find((event) => event.event === 'wrapped'));
    expect(over).to.include({ operator: '101', how: 'done' });
    for (const verb of ['extend', 'done'])
      expect(await said(await click(verb, {}))).to.include({ verb, result: 'not_in_wrapup' });
    await said(await click('logout', {}));
  });

  it('a pause of one who is logged in nowhere fails twice over: by OriginateResponse and by the dialplan', async () => {
    const id = await click('pause', { operator: '102', reason: 'lunch' }, SUPERVISOR);
    expect(await said(id)).to.include({ result: 'not_in_queue' });
    await until('the failure', () => clicks.rows.get(id)?.error === 'The PBX could not carry it out.');
  });

  async function channels(): Promise<string[]> {
    const items = await ami.list('CoreShowChannels', {}, { complete: 'CoreShowChannelsComplete' });
    return items.map((item) => item.get('channel') ?? '');
  }

  it('a click calls a number, and another hangs the call up', async () => {
    await pbx.phone('102');
    const id = await click('call', { to: '102' });
    expect(await said(id)).to.include({ verb: 'call', target: '102', result: 'ok' });
    const channel = (await channels()).find((name) => name.startsWith('PJSIP/101-'));
    const end = await click('hangup', { channel });
    expect(await said(end)).to.include({ verb: 'hangup', result: 'ok' });
    const call = events().find((event) => event.event === 'call' && event.click === id);
    expect(call).to.include({ call: id, endpoint: '101', to: '102' });
    // SoftHangup() only asks the channel to go: it takes a moment.
    await until('the channel is gone', async () => !(await channels()).includes(channel ?? ''));
    const again = await click('hangup', { channel });
    expect(await said(again)).to.include({ result: 'gone' });
  });

  it('a click to a phone that is not there fails with a reason', async () => {
    const id = await click('call', { to: '102' }, { ...OPERATOR, operator: '108' });
    await until('the failure', () => clicks.rows.get(id)?.state === 'failed', 15_000);
    expect(clicks.rows.get(id)?.error).to.equal('Your phone could not be reached, or ended the call.');
  });
});
