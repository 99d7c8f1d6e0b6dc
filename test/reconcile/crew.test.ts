import { expect } from 'chai';
import { NOTHING_YET, type OperatorSeen, reconcile } from '../../src/reconcile/index.js';
import type { Headers } from '../ami/fake.js';
import { channel, fakePbx, NOW, open } from './fake-pbx.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('reconcile: operators', () => {
  const row = (operator: string, more: Partial<OperatorSeen> = {}): OperatorSeen => ({
    ...{ operator, presence: 'ready', since: NOW - HOUR, reason: '', wrapupUntil: null, ...more },
  });
  const member = (operator: string, more: Headers = {}) => ({
    ...{ Event: 'QueueMember', Queue: 'sales', Location: `PJSIP/${operator}`, Membership: 'dynamic', Paused: 0 },
    ...{ PausedReason: '', ...more },
  });
  /** What two looks tell, `kind operator detail`, and what they ask of the PBX. */
  const looked = async (
    rows: OperatorSeen[],
    members: ReturnType<typeof member>[],
    n = 2,
    channels: Headers[] = [],
  ) => {
    const lab = await fakePbx();
    lab.tables.operators = rows;
    lab.pbx.queues = members;
    lab.pbx.channels = channels;
    lab.tables.known = new Set(channels.map((one) => String(one['Uniqueid'])));
    let memory = NOTHING_YET;
    for (let i = 0; i < n; i++) {
      memory = await reconcile(lab.deps, memory);
      lab.time.now += MINUTE;
    }
    const said = lab.told().map((event) => {
      const detail = ['queues', 'reason', 'how'].map((field) => Reflect.get(event, field)).filter(Boolean);
      return [event.event, Reflect.get(event, 'operator'), ...detail].join(' ');
    });
    return { said, acts: lab.tables.acts };
  };
  const nothing = { said: [], acts: [] };

  it('agree, or are corrected by what the PBX says, in the second look', async () => {
    const rows = [
      row('101'),
      row('102'),
      row('103', { presence: 'offline' }),
      row('104'),
      row('105', { presence: 'paused', reason: 'lunch' }),
      row('106', { presence: 'paused', reason: 'lunch' }),
      row('107', { presence: 'paused', reason: 'missed' }),
      row('108', { presence: 'offline' }),
    ];
    const members = [
      member('101'),
      member('103'),
      member('103', { Queue: 'support' }),
      member('104', { Paused: 1, PausedReason: 'break' }),
      member('105'),
      member('106', { Paused: 1, PausedReason: 'training' }),
      member('107', { Paused: 1, PausedReason: 'Auto-Pause' }),
      member('109', { Location: 'Local/109@crew/n' }),
    ];
    expect(await looked(rows, members, 1)).to.deep.equal(nothing);
    expect(await looked(rows, members)).to.deep.equal({
      said: [
        'logout 102 lost',
        'login 103 sales,support',
        'pause 104 break',
        'unpause 105',
        'pause 106 training',
        'login 109 sales',
      ],
      acts: [],
    });
  });

  it('are known by their whole name, also when its end looks like the number of a channel', async () => {
    const members = ['desk-00155d012345', 'sales-20260101'].map((name) => member(name));
    expect(await looked([row('desk-00155d012345'), row('sales-20260101')], members)).to.deep.equal(nothing);
  });

  it('paused in one queue of two is not paused; without a reason the known one stands', async () => {
    const members = [member('101', { Paused: 1 }), member('101', { Queue: 'support' }), member('102', { Paused: 1 })];
    expect(await looked([row('101'), row('102', { presence: 'paused', reason: 'lunch' })], members)).to.deep.equal(
      nothing,
    );
  });

  it('the same mistake is one event, later than what it corrects', async () => {
    const lab = await fakePbx();
    const ahead = NOW + 5 * MINUTE;
    lab.tables.operators = [row('101', { since: ahead })];
    let memory = NOTHING_YET;
    for (let i = 0; i < 4; i++) {
      memory = await reconcile(lab.deps, memory);
      lab.time.now += MINUTE;
    }
    const told = lab.told();
    expect(told.map((event) => event.id)).to.deep.equal(Array(2).fill(`pbx1-101-logout-${ahead}-0`));
    expect(told.every((event) => event.at === ahead + 1)).to.equal(true);
  });

  it('a wrap-up past its end: the PBX is asked, then the rule ends it', async () => {
    const late = row('101', { presence: 'wrap_up', since: NOW - HOUR, wrapupUntil: NOW - MINUTE });
    const wrapping = member('101', { Paused: 1, PausedReason: 'wrap_up' });
    expect(await looked([late], [wrapping], 1)).to.deep.equal({ said: [], acts: ['done 101'] });
    expect(await looked([late], [wrapping])).to.deep.equal({
      said: ['wrapped 101 lost'],
      acts: ['done 101', 'unpause 101'],
    });
    const young = { ...late, wrapupUntil: NOW };
    expect(await looked([young], [wrapping], 1)).to.deep.equal(nothing);
    expect((await looked([young], [member('101')])).said).to.deep.equal(['wrapped 101 lost']);
    // A pause asked for during the talk: the wrap-up ends, the pause stays.
    const own = member('101', { Paused: 1, PausedReason: 'lunch' });
    expect(await looked([late], [own])).to.deep.equal({ said: ['wrapped 101 lost'], acts: ['done 101'] });
  });

  it('a wrap-up that was never told begins, so that the rule can end it', async () => {
    const wrapping = member('101', { Paused: 1, PausedReason: 'wrap_up' });
    expect((await looked([row('101')], [wrapping])).said).to.deep.equal(['wrapup 101']);
  });

  it('a shift that nobody ended is ended, but not in mid-call and not of who can not log out', async () => {
    const since = NOW - 16 * HOUR - 1;
    const members = ['101', '102', '103', '104'].map((operator) =>
      member(operator, { Paused: operator === '104' ? 1 : 0 }),
    );
    const rows = [
      row('101', { since }),
      row('102', { since: since + 2 }),
      row('103', { since }),
      row('104', { since, presence: 'paused' }),
    ];
    const fixed = members.map((one) => (one.Location === 'PJSIP/101' ? { ...one, Membership: 'static' } : one));
    expect(await looked(rows, fixed, 1, [channel('1.3')])).to.deep.equal({
      said: ['logout 104 lost'],
      acts: ['logout 104'],
    });
  });

  it('a PBX that does not carry out what is asked is told, and asked again', async () => {
    const lab = await fakePbx();
    lab.tables.operators = [row('101', { presence: 'wrap_up', wrapupUntil: NOW - HOUR })];
    lab.pbx.queues = [member('101', { Paused: 1, PausedReason: 'wrap_up' })];
    const act = async () => Promise.reject(new Error('no'));
    await reconcile({ ...lab.deps, act }, NOTHING_YET);
    expect(lab.log.lines.map((line) => line.text)).to.include('the PBX did not carry out what a rule asked for');
  });

  it('an unreadable queue list spoils nothing else', async () => {
    const lab = await fakePbx([open('1.1')]);
    lab.fake.script['QueueStatus'] = (action, session) => session.refuse(action, 'Permission denied');
    const first = await reconcile(lab.deps, NOTHING_YET);
    lab.time.now += MINUTE;
    await reconcile(lab.deps, first);
    expect(lab.told().map((event) => event.event)).to.deep.equal(['lost']);
  });
});
