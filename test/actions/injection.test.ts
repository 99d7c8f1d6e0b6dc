// One corpus, tried at every field of every verb: refused, or harmless as it stands.
import { expect } from 'chai';
import fc from 'fast-check';
import { isRefusal } from '../../src/actions/action.js';
import { actions } from '../../src/actions/index.js';
import { CORPUS as HOSTILE } from '../corpus/corpus.js';
import { ADMINISTRATOR, desk } from './memory.js';

const CORPUS = [
  ...HOSTILE.map((one) => one.text),
  '101\r\nApplication: System\r\nData: id',
  '101\r\n\r\nAction: Originate\r\n\r\n',
  '101\n102',
  '101\r102',
  '101\u0000',
  '101\u2028102',
  '101,102',
  '101&Local/s@evil',
  '101|x',
  '$' + '{SHELL(id)}',
  '1$' + '{GLOBAL(X)}2',
  '$[1+1]',
  '1@dialhook-actions',
  'Local/1@evil/n',
  '1)',
  '(1',
  '1^2',
  '1;2',
  '"1"',
  "1'2",
  '1\\2',
  '1=2',
  '1:2',
  '1<2>',
  '1%0d%0a2',
  '../1',
  '１２３',
  '١٢٣',
  '1\u200b2',
  'é',
  '__proto__',
  '+',
  '1+2',
  '9'.repeat(33),
  '1'.repeat(100_000),
  ' ',
  '',
];
const FIELDS: { verb: keyof typeof actions; field: string; rest: object; harmless: RegExp }[] = [
  { verb: 'call', field: 'to', rest: {}, harmless: /^[0-9*#+]{1,32}$/ },
  { verb: 'call', field: 'operator', rest: { to: '1' }, harmless: /^(109)?$/ },
  { verb: 'hangup', field: 'channel', rest: {}, harmless: /^[A-Za-z0-9]+\/[A-Za-z0-9_.@-]+-[0-9a-f]{8}(;[12])?$/ },
  { verb: 'hangup', field: 'operator', rest: { channel: 'PJSIP/1-00000001' }, harmless: /^[A-Za-z0-9_-]{0,32}$/ },
  { verb: 'login', field: 'operator', rest: {}, harmless: /^[A-Za-z0-9_-]{1,32}$/ },
  { verb: 'logout', field: 'operator', rest: {}, harmless: /^[A-Za-z0-9_-]{1,32}$/ },
  { verb: 'pause', field: 'operator', rest: { reason: 'x' }, harmless: /^[A-Za-z0-9_-]{1,32}$/ },
  { verb: 'pause', field: 'reason', rest: {}, harmless: /^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/ },
  { verb: 'unpause', field: 'operator', rest: {}, harmless: /^[A-Za-z0-9_-]{1,32}$/ },
  { verb: 'done', field: 'operator', rest: {}, harmless: /^[A-Za-z0-9_-]{1,32}$/ },
  { verb: 'extend', field: 'operator', rest: {}, harmless: /^[A-Za-z0-9_-]{1,32}$/ },
];

describe('what comes from outside', function () {
  this.timeout(20_000);
  for (const { verb, field, rest, harmless } of FIELDS) {
    it(`${verb}: ${field} is refused or harmless`, () => {
      const attempt = (value: unknown) => {
        const plan = actions[verb].plan({ ...rest, [field]: value }, ADMINISTRATOR);
        if (isRefusal(plan)) return;
        const carried = [plan.target, plan.operator, ...Object.values(plan.variables)].join('');
        const about = field === 'operator' ? plan.operator : (Object.values(plan.variables).at(-1) ?? '');
        expect(about).to.match(harmless);
        expect(carried).to.not.match(/[\r\n\0,&|"\\$(){}^%<>]/);
      };
      for (const value of [...CORPUS, null, 42, {}, [], ['101'], { toString: () => '101' }]) attempt(value);
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 50 }), attempt));
    });
  }

  it('queues are names, few of them, and no text', () => {
    const login = (queues: unknown) => isRefusal(actions.login.plan({ queues }, ADMINISTRATOR));
    for (const value of CORPUS)
      expect(login([value]), value.slice(0, 40)).to.equal(!/^[A-Za-z0-9_.-]{1,64}$/.test(value));
    expect(login('sales')).to.equal(true);
    expect(login(Array.from({ length: 13 }, () => 'q'))).to.equal(true);
    expect(login(Array.from({ length: 12 }, () => 'q'.repeat(64)))).to.equal(false);
  });

  it('a field nobody asked for is refused', () => {
    for (const [verb, action] of Object.entries(actions)) {
      const args = { to: '1', channel: 'PJSIP/1-00000001', reason: 'x', Application: 'System' };
      expect(isRefusal(action.plan(args, ADMINISTRATOR)), verb).to.equal(true);
    }
  });

  it('numbers may be written as people write them', () => {
    const target = (to: string) => {
      const plan = actions.call.plan({ to }, ADMINISTRATOR);
      return isRefusal(plan) ? null : plan.target;
    };
    expect(target('+998 (00) 555-01-42')).to.equal('+998005550142');
    expect(target(' *45 ')).to.equal('*45');
    expect(target('5550142#')).to.equal('5550142#');
    expect(target('8+1')).to.equal(null);
    expect(target('+*1')).to.equal(null);
  });

  it('nothing of the corpus makes a line of its own on the wire', async () => {
    const { fake, click, ami } = await desk({ limit: () => null, destination: () => ({ allowed: true, why: '' }) });
    for (const { verb, field, rest } of FIELDS) {
      for (const value of CORPUS) await click(verb, { ...rest, [field]: value }, ADMINISTRATOR);
    }
    await ami.action('Ping');
    const names = new Set(fake.last().actions.map((action) => action.name));
    expect([...names].sort()).to.deep.equal(['Events', 'Login', 'Originate', 'Ping']);
    for (const { lines } of fake.actions('Originate')) {
      const keys = new Set(lines.map((line) => line.split(': ')[0]));
      const known =
        'Action ActionID Async Callerid Channel Channelid Context Exten Otherchannelid Priority Timeout Variable';
      for (const key of keys) expect(known.split(' ')).to.include(key);
    }
  });
});
