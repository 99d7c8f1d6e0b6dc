// What a caller, a phone or a transfer may write into a name or a number, by real SIP through the hooks: every line can be read,
// every name arrives as it was sent, nothing is dialled that was not meant, and Asterisk warns of nothing.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter, busy, movedTo, type Phone, type PhoneCall } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, parseLine } from '../../src/call/event.js';

const version = wantedVersion();
const NAMES = [
  '${SHELL(touch /tmp/dialhook-owned)}',
  '$[1/0] ${EVAL(${EXTEN})}',
  'a,b)c(d|e^f&g;h"i\\j',
  '"; drop table calls; --',
  '&event=answer&call=other%0aid=1',
  'Йосип “Joe” <b>',
  ')B(dialhook-joined^s^1',
  "'`{}[]?#*+=~",
];
const NUMBERS = ['+998${EXTEN}', '998&PJSIP/trunk', '1,2)3(', '"x" <1>', '$[2*3]', '%s%n', '*45', ')^U(x)'];
/** What stands behind a number that exists. */
const TAILS = ['&PJSIP/102', ',1', ')', '${SHELL(id)}', '|x', '^y', '"', ' z', '\\', '$[1+1]', '@trunk'];

describe(`hostile names and numbers, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let [a, b, trunk] = [] as unknown as [Phone, Phone, Phone];

  before(async () => {
    pbx = await startSamplePbx({ version });
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    await pbx.cli('dialplan set global DH_SUPERVISORS 102');
    [a, b] = [await pbx.phone('101', { rtp: true }), await pbx.phone('102', { rtp: true })];
    trunk = await pbx.trunk({ rtp: true });
  });
  after(() => pbx?.remove());
  beforeEach(() => {
    for (const phone of [a, b, trunk]) phone.reset(answerAfter(20));
  });
  afterEach(async () => {
    await quiet();
    const events = told();
    expect(events.length).to.be.greaterThan(0);
    expect(existsSync('/tmp/dialhook-owned')).to.equal(false);
    expect(problems()).to.deep.equal([]);
    await pbx.cli('database deltree dialhook-forward');
  });

  async function quiet(): Promise<void> {
    for (const phone of [a, b, trunk]) await Promise.allSettled(phone.calls().map((call) => call.hangup()));
    const done = async () => /^0 active channels/m.test(await pbx.cli('core show channels'));
    await until(done, { what: 'no channel is left' });
  }
  /** Every line that was spooled; one that the server would refuse fails the test. */
  function told(): CallEvent[] {
    const text = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8') : '';
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const parsed = parseLine(line);
        if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.refusal)} of ${line}`);
        return parsed.event;
      });
  }
  /** A 302 with a slash names a technology, and a call that ends while it is answered is no news. */
  const ITS_OWN = /No channel type registered for '102&PJSIP'|Session already DISCONNECTED/;
  const problems = () => pbx.problems().filter((line) => !ITS_OWN.test(line));
  const calls = () => told().flatMap((event) => (event.event === 'call' ? [event] : []));

  it('of callers: they come whole into queues, mailboxes, forwards and parking', async () => {
    await pbx.cli('queue add member PJSIP/101 to sales');
    await pbx.cli('dialplan set global VOICEMAIL_101 yes');
    await pbx.cli('database put dialhook-forward 102 101');
    for (const [n, name] of NAMES.entries()) {
      const number = NUMBERS[n] ?? '';
      for (const to of ['5551000', '5551102', '5551101']) {
        a.plan = to === '5551101' ? busy : answerAfter(20);
        const before = calls().length;
        const caller = trunk.call(to, { from: { number, name } });
        await caller.answered();
        if (to === '5551102') await parks(await a.incoming());
        else if (to === '5551000') await a.incoming();
        await quiet();
        a.reset();
        const [call] = calls().slice(before);
        // Asterisk keeps the backslashes of a quoted name.
        expect(call?.name?.replace(/\\(["\\])/g, '$1'), name).to.equal(name);
        expect(call?.from, number).to.equal(number);
      }
    }
    await pbx.cli('queue remove member PJSIP/101 from sales');
    await pbx.cli('dialplan set global VOICEMAIL_101 no');
  });

  async function parks(talk: PhoneCall): Promise<void> {
    await until(async () => / 2 +basic /i.test(await pbx.cli('bridge show all')), { what: 'a talk' });
    await talk.transfer('700');
    const parked = async () => /Space\s*:\s*7\d\d/.test(await pbx.cli('parking show default'));
    await until(parked, { what: 'somebody is parked' });
  }

  it('of what is dialled, from outside and by a phone', async () => {
    for (const tail of TAILS) {
      for (const number of ['5551000', '5559', '+99']) await trunk.call(`${number}${tail}`).ended();
      for (const number of ['*21103', '*8103', '*71103', '*73103', '701', '+998000000142', '00441', '*471'])
        await a.call(`${number}${tail}`).ended();
    }
    // A forward holds digits, whatever was dialled behind them.
    expect(await pbx.cli('database show dialhook-forward')).to.not.match(/: *[0-9]*[^0-9*#+\s]+\s*$/m);
  });

  it('of transfers and of phones that send their calls on', async () => {
    for (const tail of TAILS) {
      const caller = trunk.call('5551101', { from: { number: '+998000000101' } });
      const talk = await a.incoming();
      await caller.answered();
      await until(async () => / 2 +basic /i.test(await pbx.cli('bridge show all')), { what: 'a talk' });
      await talk.transfer(`102${tail}`).catch(() => undefined);
      await quiet();
      a.reset(movedTo(`102${tail}`));
      const moved = trunk.call('5551101', { from: { number: '+998000000101' } });
      await Promise.race([moved.answered().catch(() => undefined), moved.ended()]);
      await quiet();
      for (const phone of [a, b, trunk]) phone.reset();
    }
    // Nobody but the client's own call was ever sent to the trunk.
    expect(trunk.log.events.filter((event) => event.kind === 'invite_received').map((e) => e.dialled)).to.satisfy(
      (numbers: string[]) => numbers.every((number) => number === '+998000000142'),
    );
  });
});
