// What was missed while nobody listened, on a real Asterisk: the look after the gap tells what the PBX still shows.
import { expect } from 'chai';
import { answerAfter, ringOnly } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import { type PlainPbx, plainPbx } from './plain-pbx.js';

describe('the look on Asterisk', function () {
  this.timeout(120_000);
  let pbx: PlainPbx;

  before(async () => {
    pbx = await plainPbx();
  });
  after(() => pbx?.remove());
  beforeEach(() => {
    for (const phone of Object.values(pbx.phones)) phone.plan = answerAfter(50);
    Object.assign(pbx.tables, { open: [], known: new Set(), parked: new Set(), operators: [], acts: [] });
    pbx.forget();
  });
  afterEach(async () => {
    await pbx.deaf();
    await pbx.hangUpAll();
  });

  const seen = (text: string, command: string) =>
    until(async () => (await pbx.asterisk.cli(command)).includes(text), { what: `${text} in ${command}`, every: 50 });
  /** Looks again and again; each look believes that a minute has passed. */
  const looking = () => {
    let minutes = 0;
    return pbx.restart({ everyMs: 200, now: () => Date.now() + 60_000 * minutes++ });
  };

  it('finds a call that nobody announced, both sides in one bridge', async () => {
    const call = pbx.phones.a.call('555');
    await call.answered();
    // A channel counts when it is older than ten seconds.
    await until(async () => /!1[1-9]!/.test(await pbx.asterisk.cli('core show channels concise')), {
      ...{ what: 'a channel of eleven seconds', deadline: 30_000, every: 200 },
    });
    await looking();
    const [one, two] = [await pbx.next('found'), await pbx.next('found')].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (one?.event !== 'found' || two?.event !== 'found') throw new Error('found nothing');
    expect(one).to.include({ endpoint: '101', from: '101', to: '102', state: 'up', application: 'Dial' });
    expect(two).to.include({ endpoint: '102', from: '102', to: '101', state: 'up', application: 'AppDial' });
    expect(one.bridge)
      .to.equal(two.bridge)
      .and.match(/^[0-9a-f-]{36}$/);
    expect([one.call, two.call]).to.deep.equal(Array(2).fill(`pbx1-${one.uniqueid}`));
    expect(one.at - (one.since ?? 0)).to.be.within(10_000, 30_000);
    expect(pbx.log.lines.filter((line) => line.level === 'warn')).to.deep.equal([]);
  });

  it('sees an attended transfer that it did not hear of by the linkedids', async () => {
    const call = pbx.phones.a.call('102');
    await call.answered();
    const first = pbx.phones.b.calls()[0];
    const consult = pbx.phones.b.call('103');
    await consult.answered();
    await seen('2 active calls', 'core show channels');
    // Before its talk has begun the consultation is no talk to join.
    const talks = async () => (await pbx.asterisk.cli('bridge show all')).match(/ 2 +basic /g)?.length === 2;
    await until(talks, { what: 'two talks', every: 50 });
    const rows = (await pbx.asterisk.cli('core show channels concise'))
      .trim()
      .split('\n')
      .map((row) => row.split('!'));
    // As the tables have it: the call of 101 with 102, and the consultation of 102 with 103.
    const calls = new Map([
      ['101', 'first'],
      ['103', 'consult'],
    ]);
    pbx.tables.open = rows.flatMap((row) => {
      const call = calls.get(/^PJSIP\/(\d+)/.exec(row[0] ?? '')?.[1] ?? '');
      const [channel = ''] = row;
      const uniqueid = row.at(-1) ?? '';
      return call === undefined ? [] : [{ call, pbx: 'pbx1', uniqueid, channel, startedAt: Date.now() }];
    });
    pbx.tables.known = new Set(rows.map((row) => row.at(-1) ?? ''));
    await first?.transferTo(consult);
    await seen('1 active call', 'core show channels');
    await looking();
    const told = [await pbx.next('found'), await pbx.next('found')];
    const lids = new Set(told.map((event) => event.linkedid));
    expect(lids.size).to.equal(1);
    // Each keeps the call that its own variable names; the linkedid ties them.
    expect(new Set(told.map((event) => event.call)).size).to.equal(2);
    expect(told.map((event) => event.id).every((id) => id.endsWith(`-found-${[...lids][0]}`))).to.equal(true);
  });

  it('tells who is parked and who waits, when it did not hear of it', async () => {
    pbx.phones.b.plan = ringOnly;
    const parked = pbx.phones.a.call('700');
    await parked.answered();
    const waiting = pbx.phones.c.call('600');
    await waiting.answered();
    await seen('has 1 calls', 'queue show lab');
    await seen('Space', 'parking show default');
    pbx.tables.known = new Set(
      (await pbx.asterisk.cli('core show channels concise'))
        .trim()
        .split('\n')
        .map((row) => row.split('!').at(-1) ?? ''),
    );
    await looking();
    const park = await pbx.next('park');
    expect(park).to.include({ lot: 'default', slot: '' });
    expect(park.channel).to.match(/^PJSIP\/101-/);
    const place = await pbx.next('position');
    expect(place).to.include({ queue: 'lab', position: 1, waiting: 1 });
    expect(place.channel).to.match(/^PJSIP\/103-/);
  });

  it('reads the members of the queues as they are', async () => {
    await pbx.asterisk.cli('queue add member PJSIP/101 to lab');
    await pbx.asterisk.cli('queue add member PJSIP/102 to lab');
    await pbx.asterisk.cli('queue pause member PJSIP/102 queue lab reason lunch');
    pbx.tables.operators = [
      { operator: '103', presence: 'ready', since: 1, reason: '', wrapupUntil: null },
      { operator: '102', presence: 'wrap_up', since: 1, reason: '', wrapupUntil: 1 },
    ];
    await looking();
    expect(await pbx.next('login')).to.include({ operator: '101', queues: 'lab' });
    expect(await pbx.next('logout')).to.include({ operator: '103', reason: 'lost' });
    expect(await pbx.next('wrapped')).to.include({ operator: '102', how: 'lost' });
    expect(pbx.tables.acts).to.include('done 102');
    pbx.tables.operators = [{ operator: '102', presence: 'ready', since: 2, reason: '', wrapupUntil: null }];
    expect(await pbx.next('pause')).to.include({ operator: '102', reason: 'lunch' });
    for (const operator of ['101', '102']) await pbx.asterisk.cli(`queue remove member PJSIP/${operator} from lab`);
  });
});
