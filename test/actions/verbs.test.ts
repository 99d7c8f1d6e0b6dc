import { expect } from 'chai';
import type { Clicker } from '../../src/actions/action.js';
import { actions } from '../../src/actions/index.js';
import { ADMINISTRATOR, desk, NOW, OPERATOR, SUPERVISOR } from './memory.js';

/** The lines of the one Originate, without the two of the connection; the click's id reads as ID. */
async function linesOf(verb: string, args: unknown, user: Clicker): Promise<string[]> {
  const { fake, click } = await desk();
  const result = await click(verb, args, user);
  expect(result.state, JSON.stringify(result)).to.equal('sent');
  const sent = fake.actions('Originate');
  expect(sent).to.have.length(1);
  expect(sent[0]?.id).to.equal(result.click);
  const lines = sent[0]?.lines ?? [];
  return lines
    .filter((line) => !/^Action(ID)?: /.test(line))
    .map((line) => line.replaceAll(result.click, 'ID'))
    .sort();
}

const COMMON = ['Async: true', 'Channelid: ID', 'Otherchannelid: ID-2', 'Priority: 1'];
const VARIABLES = ['Variable: __DH_CALL=ID', 'Variable: __DH_CLICK=ID', 'Variable: __DH_UNTIL=1763676553'];
const work = (verb: string) => [
  ...COMMON,
  ...VARIABLES,
  `Channel: Local/${verb}@dialhook-actions/n`,
  'Context: dialhook-sink',
  'Exten: s',
  'Timeout: 10000',
];

describe('what each verb sends', () => {
  it('call', async () => {
    expect(await linesOf('call', { to: '555-01 42' }, OPERATOR)).to.deep.equal(
      [
        ...COMMON,
        ...VARIABLES,
        'Callerid: "" <5550142>',
        'Channel: Local/101@dialhook-operator/n',
        'Context: dialhook-actions',
        'Exten: call',
        'Timeout: 30000',
        'Variable: __DH_OPERATOR=101',
        'Variable: __DH_TO=5550142',
      ].sort(),
    );
  });

  it('hangup', async () => {
    expect(
      await linesOf('hangup', { channel: 'PJSIP/101-0000002a', operator: '101', call: 'pbx1-1.1' }, OPERATOR),
    ).to.deep.equal(
      [...work('hangup'), 'Variable: __DH_OPERATOR=101', 'Variable: __DH_TARGET=PJSIP/101-0000002a'].sort(),
    );
    expect(await linesOf('hangup', { channel: 'Local/600@in-0000002a;2' }, SUPERVISOR)).to.deep.equal(
      [...work('hangup'), 'Variable: __DH_TARGET=Local/600@in-0000002a;2'].sort(),
    );
  });

  it('login', async () => {
    expect(await linesOf('login', { operator: '102', queues: ['sales', 'help-desk'] }, SUPERVISOR)).to.deep.equal(
      [...work('login'), 'Variable: __DH_OPERATOR=102', 'Variable: __DH_QUEUES=sales&help-desk'].sort(),
    );
    expect(await linesOf('login', {}, OPERATOR)).to.deep.equal(
      [...work('login'), 'Variable: __DH_OPERATOR=101'].sort(),
    );
  });

  it('pause', async () => {
    expect(await linesOf('pause', { operator: '', reason: ' lunch break ' }, OPERATOR)).to.deep.equal(
      [...work('pause'), 'Variable: __DH_OPERATOR=101', 'Variable: __DH_REASON=lunch break'].sort(),
    );
  });

  for (const verb of ['logout', 'unpause', 'done', 'extend']) {
    it(verb, async () => {
      const expected = [...work(verb), 'Variable: __DH_OPERATOR=102'].sort();
      expect(await linesOf(verb, { operator: '102' }, ADMINISTRATOR)).to.deep.equal(expected);
    });
  }

  it('never an application, never a context that is not ours', () => {
    const contexts = ['dialhook-actions', 'dialhook-sink'];
    const args = { to: '1', channel: 'PJSIP/109-0000002a', reason: 'x' };
    for (const [verb, action] of Object.entries(actions)) {
      const needed =
        verb === 'call'
          ? { to: '1' }
          : verb === 'hangup'
            ? { channel: args.channel }
            : verb === 'pause'
              ? { reason: 'x' }
              : {};
      const plan = action.plan(needed, ADMINISTRATOR);
      if ('why' in plan) throw new Error(`${verb}: ${plan.error}`);
      expect(action.verb).to.equal(verb);
      expect(contexts).to.include(plan.context);
      expect(plan.channel).to.match(/^Local\/[A-Za-z0-9]+@dialhook-(actions|operator)\/n$/);
    }
  });
});

describe('who may click what', () => {
  const CHANNEL_101 = 'PJSIP/101-0000002a';
  const cases: [string, Clicker, string, object, string | null][] = [
    ['an operator calls from the own phone', OPERATOR, 'call', { to: '1', operator: '101' }, null],
    ['an operator does not call from another phone', OPERATOR, 'call', { to: '1', operator: '102' }, 'role'],
    ['nor does an administrator', ADMINISTRATOR, 'call', { to: '1', operator: '102' }, 'role'],
    ['a user without a phone does not call', SUPERVISOR, 'call', { to: '1' }, 'role'],
    ['an operator hangs up the own phone', OPERATOR, 'hangup', { channel: CHANNEL_101 }, null],
    ['not another one', OPERATOR, 'hangup', { channel: 'PJSIP/102-0000002a' }, 'role'],
    ['not one whose name only begins alike', OPERATOR, 'hangup', { channel: 'PJSIP/101-x-0000002a' }, 'role'],
    ['not one in the name of another', OPERATOR, 'hangup', { channel: CHANNEL_101, operator: '102' }, 'role'],
    ['not a Local channel to the own phone', OPERATOR, 'hangup', { channel: 'Local/101@x-0000002a;1' }, 'role'],
    [
      'no phone, nothing to hang up',
      { ...OPERATOR, operator: '' },
      'hangup',
      { channel: 'PJSIP/-0000002a' },
      'arguments',
    ],
    ['a supervisor hangs up any', SUPERVISOR, 'hangup', { channel: 'PJSIP/trunk-0000002a' }, null],
    ...['login', 'logout', 'unpause', 'done', 'extend'].flatMap(
      (verb): [string, Clicker, string, object, string | null][] => [
        [`an operator: own ${verb}`, OPERATOR, verb, { operator: '101' }, null],
        [`an operator: ${verb} of another`, OPERATOR, verb, { operator: '102' }, 'role'],
        [`a supervisor: ${verb} of anyone`, SUPERVISOR, verb, { operator: '102' }, null],
        [`a supervisor: ${verb} of nobody`, SUPERVISOR, verb, {}, 'arguments'],
        [`an administrator: ${verb} of anyone`, ADMINISTRATOR, verb, { operator: '102' }, null],
      ],
    ),
    ['an operator pauses another', OPERATOR, 'pause', { operator: '102', reason: 'x' }, 'role'],
    ['a supervisor pauses anyone', SUPERVISOR, 'pause', { operator: '102', reason: 'x' }, null],
  ];
  for (const [name, user, verb, args, refusal] of cases) {
    it(name, () => {
      const plan = actions[verb as keyof typeof actions].plan(args, user);
      expect('why' in plan ? plan.why : null).to.equal(refusal);
    });
  }

  it('a reason of a pause that means a wrap-up is refused', () => {
    const plan = actions.pause.plan({ reason: 'Wrap_Up' }, OPERATOR);
    expect(plan).to.deep.equal({
      why: 'arguments',
      error: 'reason: is not a reason: wrap_up is the time after a talk',
    });
  });

  it('the click says until when it may act', async () => {
    const { clicks, click } = await desk();
    await click('call', { to: '5550142' });
    expect(clicks.only()).to.include({ sentAt: NOW, deadlineAt: NOW + 10_000 });
  });
});
