import { expect } from 'chai';
import type { Click } from '../../src/actions/clicks.js';
import { newClickId } from '../../src/actions/clicks.js';
import { destinationRule } from '../../src/actions/destination.js';
import { observe } from '../../src/actions/observe.js';
import { watchOriginates } from '../../src/actions/originated.js';
import { rateLimit } from '../../src/actions/rate.js';
import type { CallState } from '../../src/call/live.js';
import { until } from '../ami/fake.js';
import { desk, memoryClicks, NOW } from './memory.js';

describe('performing a click', () => {
  it('writes it down before it is sent, and then that it was sent', async () => {
    const order: string[] = [];
    const { store, only } = memoryClicks();
    const { fake, click } = await desk({
      clicks: {
        ...store,
        save: async (row) => {
          order.push(`save ${row.state}, sent ${fake.actions('Originate').length}`);
          await store.save(row);
        },
        update: async (id, change, now, from) => {
          order.push(`${change.state}, sent ${fake.actions('Originate').length}`);
          await store.update(id, change, now, from);
        },
      },
    });
    const result = await click('call', { to: '5550142' });
    expect(order).to.deep.equal(['save sending, sent 0', 'sent, sent 1']);
    expect(only()).to.deep.equal({
      id: result.click,
      userId: 1,
      login: 'ann',
      verb: 'call',
      operator: '101',
      target: '5550142',
      sentAt: NOW,
      deadlineAt: NOW + 10_000,
      state: 'sent',
      result: '',
      error: '',
      changedAt: NOW,
    });
  });

  it('does not send what cannot be written down', async () => {
    const { store } = memoryClicks();
    const save = () => Promise.reject(new Error('the database is away'));
    const { fake, click, log } = await desk({ clicks: { ...store, save } });
    expect(await click('call', { to: '5550142' })).to.include({ click: '', state: 'failed', why: 'store' });
    expect(fake.actions('Originate')).to.have.length(0);
    expect(log.lines[0]?.level).to.equal('error');
  });

  it('says what the PBX said when it refuses', async () => {
    const { fake, click, clicks } = await desk();
    fake.script['Originate'] = (action, session) => session.refuse(action, 'Extension does not exist.');
    const result = await click('call', { to: '5550142' });
    expect(result).to.include({ state: 'failed', why: 'refused', error: 'The PBX refused: Extension does not exist.' });
    expect(clicks.only()).to.include({ state: 'failed', error: 'The PBX refused: Extension does not exist.' });
  });

  it('says that nothing was sent when AMI is down, and does not send it later', async () => {
    const { fake, click, clicks, ami } = await desk();
    await fake.shut();
    await until('AMI is down', () => !ami.state().up);
    expect(await click('call', { to: '5550142' })).to.include({ why: 'down' });
    expect(clicks.only()?.error).to.equal('The PBX cannot be reached now. Nothing was sent.');
    await fake.reopen();
    await until('AMI is up', () => ami.state().up);
    await ami.action('Ping');
    expect(fake.actions('Originate')).to.have.length(0);
  });

  it('says that it may still act when no answer comes, or the connection breaks', async () => {
    const { fake, click } = await desk();
    fake.script['Originate'] = (_, session) => session.socket.destroy();
    expect(await click('call', { to: '5550142' })).to.include({ why: 'closed' });
    const slow = await desk();
    slow.fake.script['Originate'] = () => undefined;
    const result = await slow.click('call', { to: '5550142' });
    expect(result).to.include({ why: 'timeout' });
    expect(result.state === 'failed' && result.error).to.contain('may still act');
  });

  it('knows no other verbs', async () => {
    const { click, clicks } = await desk();
    for (const verb of ['', 'Call', 'originate', '__proto__', 'constructor', 'toString']) {
      expect(await click(verb, {})).to.include({ state: 'failed', why: 'verb' });
    }
    expect(clicks.rows.size).to.equal(0);
  });

  it('a refused destination is written down, and not sent', async () => {
    const { fake, click, clicks } = await desk();
    expect(await click('call', { to: '00 1 555 0142' })).to.include({ state: 'failed', why: 'destination' });
    expect(clicks.only()).to.include({ state: 'failed', target: '0015550142' });
    expect(fake.actions('Originate')).to.have.length(0);
  });

  it('bad arguments and foreign phones leave neither row nor action', async () => {
    const { fake, click, clicks } = await desk();
    expect(await click('call', { to: 'x' })).to.include({ click: '', why: 'arguments' });
    expect(await click('pause', { operator: '102', reason: 'x' })).to.include({ click: '', why: 'role' });
    expect(await click('call', null)).to.include({ click: '', why: 'arguments' });
    expect([clicks.rows.size, fake.actions('Originate').length]).to.deep.equal([0, 0]);
  });

  it('ids are unguessable and fit an address and a channel id', () => {
    const ids = Array.from({ length: 200 }, newClickId);
    expect(new Set(ids).size).to.equal(200);
    for (const id of ids) expect(id).to.match(/^c-[A-Za-z0-9_-]{22}$/);
  });

  it('a word of the dialplan that came first is not overwritten', async () => {
    const { store, rows } = memoryClicks();
    const { fake, click } = await desk({ clicks: store });
    fake.script['Originate'] = (action, session) => {
      const row = rows.get(action.id);
      if (row !== undefined) rows.set(action.id, { ...row, state: 'confirmed', result: 'ok' });
      session.answer(action);
    };
    const { click: id } = await click('pause', { reason: 'lunch' });
    expect(rows.get(id)).to.include({ state: 'confirmed', result: 'ok' });
  });
});

describe('the rate of clicks', () => {
  it('ten calls a minute for each user, in a window that slides', () => {
    const limit = rateLimit();
    for (let n = 0; n < 10; n++) expect(limit(1, 'call', NOW + n * 1000)).to.equal(null);
    expect(limit(1, 'call', NOW + 59_999)).to.equal('No more than 10 calls a minute: wait a moment.');
    expect(limit(2, 'call', NOW)).to.equal(null);
    expect(limit(1, 'hangup', NOW + 59_999)).to.equal(null);
    expect(limit(1, 'call', NOW + 60_000)).to.equal(null);
    expect(limit(1, 'call', NOW + 60_001)).to.not.equal(null);
  });

  it('all verbs together have a limit too, and both are options', () => {
    const limit = rateLimit({ callsPerMinute: 1, clicksPerMinute: 3 });
    expect([limit(1, 'call', 0), limit(1, 'pause', 0), limit(1, 'unpause', 0)]).to.deep.equal([null, null, null]);
    expect(limit(1, 'hangup', 1)).to.equal('No more than 3 clicks a minute: wait a moment.');
  });

  it('is asked before anything is written or sent', async () => {
    const { fake, click, clicks } = await desk({ limit: rateLimit({ callsPerMinute: 2 }) });
    for (const to of ['5550141', 'nonsense']) await click('call', { to });
    expect(await click('call', { to: '5550143' })).to.include({ why: 'rate', click: '' });
    expect([clicks.rows.size, fake.actions('Originate').length]).to.deep.equal([1, 1]);
  });
});

describe('calls of one user in a minute, over all processes', () => {
  it('are counted by the rows: two servers together let pass no more than one does', async () => {
    const { store, rows } = memoryClicks();
    const countCalls = async (userId: number, since: number) =>
      [...rows.values()].filter((one) => one.userId === userId && one.verb === 'call' && one.sentAt > since).length;
    const more = { clicks: { ...store, countCalls }, limit: () => null, callsPerMinute: 3 };
    const desks = [await desk(more), await desk(more)] as const;
    const results: { state: string; why?: string }[] = [];
    for (let i = 0; i < 6; i++) results.push(await desks[i % 2 === 0 ? 0 : 1].click('call', { to: '5550142' }));
    expect(results.map((one) => one.state)).to.deep.equal(['sent', 'sent', 'sent', 'failed', 'failed', 'failed']);
    expect(results[3]).to.include({ why: 'rate', error: 'No more than 3 calls a minute: wait a moment.' });
    expect(desks.map((one) => one.fake.actions('Originate').length)).to.deep.equal([2, 1]);
    expect([...rows.values()].filter((one) => one.state === 'failed')).to.have.length(3);
    const later = await desks[0].click('call', { to: '5550142' }, undefined, NOW + 60_000);
    expect(later.state).to.equal('sent');
  });

  it('that can not be counted are not put through', async () => {
    const { store } = memoryClicks();
    const countCalls = () => Promise.reject(new Error('gone'));
    const { click, fake } = await desk({ clicks: { ...store, countCalls }, callsPerMinute: 3 });
    expect(await click('call', { to: '5550142' })).to.include({ state: 'failed', why: 'rate' });
    expect(fake.actions('Originate')).to.deep.equal([]);
  });
});

describe('where one may call', () => {
  const rule = destinationRule({ international: ['+998', '0044', '370'] });
  const cases: [string, boolean][] = [
    ['5550142', true],
    ['101', true],
    ['0005', false],
    ['+998005550142', true],
    ['00998005550142', true],
    ['+4400', true],
    ['0037000', true],
    ['+15550142', false],
    ['0015550142', false],
    ['00', false],
    ['+99', false],
  ];
  for (const [number, allowed] of cases) {
    it(`${number} ${allowed ? 'is allowed' : 'is not'}`, () => expect(rule(number).allowed).to.equal(allowed));
  }
  it('nothing abroad by default, and the reason in words', () => {
    expect(destinationRule()('+998005550142')).to.deep.equal({
      allowed: false,
      why: 'Calls abroad to this number are not allowed here.',
    });
  });
  it('an empty or odd prefix would allow everything: refused', () => {
    for (const prefix of ['', '+', '00', '*', 'all']) {
      expect(() => destinationRule({ international: [prefix] }), prefix).to.throw(RangeError);
    }
  });
});

describe('OriginateResponse', () => {
  const failure = { Response: 'Failure', Context: 'dialhook-actions', Exten: 'call' };

  for (const [reason, words] of [
    [0, 'Your phone could not be reached, or ended the call.'],
    [1, 'Your phone ended the call.'],
    [3, 'Your phone was not answered.'],
    [5, 'Your phone is busy or refused the call.'],
    [8, 'The PBX had no way to your phone.'],
    [77, 'The PBX gave up with reason 77.'],
  ] as const) {
    it(`a call’s reason ${reason} in words`, async () => {
      const { fake, ami, clicks, log, click } = await desk();
      watchOriginates({ ami, clicks: clicks.store, log, now: () => NOW + 1 });
      const { click: id } = await click('call', { to: '5550142' });
      fake.last().event('OriginateResponse', { ActionID: id, ...failure, Reason: reason });
      const row = await until('the failure', () => clicks.only()?.state === 'failed' && clicks.only());
      expect(row).to.include({ error: words, changedAt: NOW + 1 });
    });
  }

  it('of a verb that is no call, of others, and of success', async () => {
    const { fake, ami, clicks, log, click } = await desk();
    const stop = watchOriginates({ ami, clicks: clicks.store, log });
    const { click: id } = await click('pause', { reason: 'x' });
    const { event } = fake.last();
    event('OriginateResponse', { ActionID: id, Response: 'Success', Reason: 4, Exten: 's' });
    event('OriginateResponse', { ActionID: 'dh1', Response: 'Failure', Reason: 3 });
    event('OriginateResponse', { ActionID: 'c-of-another-server', Response: 'Failure', Reason: 3 });
    event('Hangup', { ActionID: id, Response: 'Failure' });
    await ami.action('Ping');
    expect(clicks.only()?.state).to.equal('sent');
    event('OriginateResponse', { ActionID: id, Response: 'Failure', Reason: 0, Exten: 's' });
    await until('the failure', () => clicks.only()?.error === 'The PBX could not carry it out.');
    stop();
  });

  it('does not overrule the dialplan', async () => {
    const { fake, ami, clicks, log, click } = await desk();
    watchOriginates({ ami, clicks: clicks.store, log });
    const { click: id } = await click('call', { to: '5550142' });
    const row = clicks.only();
    if (row !== undefined) clicks.rows.set(id, { ...row, state: 'confirmed', result: 'no_answer' });
    fake.last().event('OriginateResponse', { ActionID: id, ...failure, Reason: 0 });
    await ami.action('Ping');
    expect(clicks.only()).to.include({ state: 'confirmed', error: '' });
  });
});

describe('what became of a click', () => {
  const base: Click = {
    id: 'c-1',
    userId: 1,
    login: 'ann',
    verb: 'call',
    operator: '101',
    target: '5550142',
    sentAt: NOW,
    deadlineAt: NOW + 10_000,
    state: 'sent',
    result: '',
    error: '',
    changedAt: NOW,
  };
  const pause = { ...base, verb: 'pause', target: '101' };
  const live = (state: CallState) => ({ state, outcome: 'in_progress' });
  const ended = (outcome: string) => ({ state: 'ended' as const, outcome });
  const cases: [string, Click, Parameters<typeof observe>[1], number, string, string][] = [
    ['just sent', base, null, 5, 'sent', 'On its way to the PBX.'],
    ['the call is there', base, live('dialling'), 20_000, 'confirmed', 'Your phone rings: pick it up.'],
    [
      'the own phone was picked up',
      { ...base, state: 'confirmed', result: 'ok' },
      live('ringing'),
      20_000,
      'confirmed',
      'Calling 5550142.',
    ],
    ['they talk', { ...base, result: 'ok' }, live('talking'), 20_000, 'done', 'Connected.'],
    [
      'it was answered and is over',
      { ...base, result: 'ok' },
      ended('answered'),
      90_000,
      'done',
      'The call was answered.',
    ],
    ...(['held', 'parked', 'conference', 'menu', 'voicemail'] as const).map((state): (typeof cases)[number] => [
      `it is ${state}`,
      { ...base, result: 'ok' },
      live(state),
      20_000,
      'done',
      'Connected.',
    ]),
    ['the other side is busy', { ...base, result: 'ok' }, ended('busy'), 90_000, 'failed', 'Busy.'],
    [
      'the own phone rang in vain',
      { ...base, result: 'no_answer' },
      ended('no_answer'),
      40_000,
      'failed',
      'Your phone was not answered.',
    ],
    [
      'nothing was seen in time',
      base,
      null,
      10_001,
      'expired',
      'Nothing happened: the PBX took it, but no effect was seen in time.',
    ],
    ['AMI said no', { ...base, state: 'failed', error: 'Why.' }, null, 20_000, 'failed', 'Why.'],
    [
      'AMI gave up, and the call came all the same',
      { ...base, state: 'failed', error: 'Why.' },
      live('talking'),
      20_000,
      'done',
      'Connected.',
    ],
    ['a pause was carried out', { ...pause, state: 'confirmed', result: 'ok' }, null, 20_000, 'done', 'Paused.'],
    [
      'a pause was not',
      { ...pause, state: 'confirmed', result: 'not_in_queue' },
      null,
      5,
      'failed',
      'Not logged in to any queue.',
    ],
    [
      'a pause failed at first, and was carried out',
      { ...pause, state: 'failed', error: 'Why.', result: 'ok' },
      null,
      5,
      'done',
      'Paused.',
    ],
    ['a wrap-up was ended', { ...pause, verb: 'done', result: 'ok' }, null, 5, 'done', 'Wrap-up ended.'],
    ['a wrap-up was made longer', { ...pause, verb: 'extend', result: 'ok' }, null, 5, 'done', 'Wrap-up made longer.'],
    [
      'a wrap-up was over before',
      { ...pause, verb: 'extend', result: 'not_in_wrapup' },
      null,
      5,
      'failed',
      'There is no wrap-up to change: it was over already.',
    ],
    [
      'a click on a wrap-up came too late',
      { ...pause, verb: 'done', result: 'late' },
      null,
      5,
      'failed',
      'The PBX got it too late and did nothing.',
    ],
    [
      'a wrap-up’s operator is no usable name',
      { ...pause, verb: 'done', result: 'refused' },
      null,
      5,
      'failed',
      'The PBX refused it: a name or number in it is not usable.',
    ],
    ['a word nobody knows', { ...pause, result: 'eaten' }, null, 5, 'failed', 'The PBX said: eaten.'],
    ['still being written down', { ...pause, state: 'sending' }, null, 5, 'sending', 'On its way to the PBX.'],
  ];
  for (const [name, click, call, after, state, text] of cases) {
    it(name, () => expect(observe(click, call, NOW + after)).to.deep.equal({ state, text }));
  }
});
