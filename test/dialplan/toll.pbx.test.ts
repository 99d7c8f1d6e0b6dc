// The rule for outside calls in the dialplan, asked on a real Asterisk, and the same asked of the server.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { destinationRule } from '../../src/actions/destination.js';
import { performToll } from '../../src/actions/rule.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { parseLine } from '../../src/call/event.js';
import { testLog, until } from '../ami/fake.js';

describe('the rule for outside calls, in the dialplan', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let ami: Ami;

  before(async () => {
    pbx = await startSamplePbx();
    const { amiPort: port, amiUser: user, amiSecret: secret } = pbx;
    ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog() });
    await until('AMI is up', () => ami.state().up);
    const steps = [
      'Gosub(dialhook-toll,s,1(${ASK},${LONG}))',
      'Set(GLOBAL(SAID)=${SERIAL}:${GOSUB_RETVAL})',
      'Hangup()',
    ];
    for (const [i, step] of steps.entries())
      await pbx.cli(`dialplan add extension ask,${i + 1},${step} into dialhook-sink`);
  });
  after(async () => {
    await ami?.close();
    await pbx?.remove();
  });

  const set = (name: string, value: string) => pbx.cli(`dialplan set global ${name} "${value}"`);
  let serial = 0;
  /** What the dialplan says of a number. */
  async function ask(number: string, length = ''): Promise<string> {
    const mine = ++serial;
    await set('ASK', number);
    await set('LONG', length);
    await set('SERIAL', String(mine));
    await pbx.cli('channel originate Local/ask@dialhook-sink/n application Wait 1');
    const said = await until('an answer', async () => {
      const found = /SAID=(\d+):(\w+)/.exec(await pbx.cli('dialplan show globals'));
      return Number(found?.[1]) === mine && found?.[2];
    });
    return String(said);
  }

  it('says of every number what the server says', async () => {
    await set('DH_TOLL_RATE', '0');
    await set('DH_TOLL_ABROAD', '+&00&810');
    await set('DH_TOLL_COUNTRIES', '998&44');
    await set('DH_TOLL_DENIED', '0900&+4470');
    const rule = destinationRule({
      ...{ international: ['998', '44'], abroad: ['+', '00', '810'], denied: ['0900', '+4470'], insideDigits: 0 },
    });
    for (const number of [
      ...['+998005550142', '00998005550142', '810998005550142', '+447911123456', '+447011123456', '00447011123456'],
      ...['+79001234567', '0079001234567', '81079001234567', '09001234567', '0800123456', '5550142', '+99', '00', '+'],
      ...['070', '+9', '998005550142', '4470', '+4'],
    ]) {
      const { allowed } = rule(number);
      const said = await ask(number);
      // A number without a digit is none for the dialplan; the verb `call` refuses it before the rule is asked.
      if (/^\+?$/.test(number)) expect(['number', 'abroad'], number).to.include(said);
      else expect(said === 'ok', `${number}: ${said}`).to.equal(allowed);
    }
  });

  it('refuses what is no number, and what lost something on the way', async () => {
    expect(await ask('')).to.equal('number');
    expect(await ask('+998+005550142')).to.equal('number');
    expect(await ask('9'.repeat(33))).to.equal('number');
    expect(await ask('+998005550142', '17')).to.equal('number');
    expect(await ask('+998005550142', '13')).to.equal('ok');
    expect(await ask('+998005550142&PJSIP/101', '23')).to.equal('number');
  });

  it('knows hours', async () => {
    const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
    const today = day[new Date().getDay()];
    const other = day[(new Date().getDay() + 3) % 7];
    await set('DH_TOLL_HOURS', `00:00-23:59,${other},*,*`);
    expect(await ask('+998005550142')).to.equal('hours');
    await set('DH_TOLL_HOURS', `00:00-23:59,${other},*,*&00:00-23:59,${today},*,*`);
    expect(await ask('+998005550142')).to.equal('ok');
    await set('DH_TOLL_HOURS', '');
  });

  it('is shut and opened by the server, for all or for a beginning', async () => {
    const now = Date.now();
    const stored = async (prefix: string, fits: RegExp) =>
      until('the word of the server', async () =>
        fits.test(await pbx.cli(`database get dialhook-toll-closed ${prefix}`)),
      );
    await performToll(ami, '+44', now + 60_000, now);
    await stored('+44', /Value: \d{10}/);
    expect(await ask('00447911123456')).to.equal('cap');
    expect(await ask('+998005550142')).to.equal('ok');
    await performToll(ami, '', now + 60_000, now);
    await stored('all', /Value: \d{10}/);
    expect(await ask('+998005550142')).to.equal('cap');
    for (const prefix of ['', '+44']) await performToll(ami, prefix, 0, Date.now());
    await stored('all', /Value: 0/);
    await stored('+44', /Value: 0/);
    expect(await ask('+447911123456')).to.equal('ok');
  });

  it('lets a phone of the sample PBX make so many outside calls in a minute, and says why the next is refused', async () => {
    await set('DH_TOLL_RATE', '2');
    await set('INTERNATIONAL', 'yes');
    const [phone, trunk] = [await pbx.phone('101'), await pbx.trunk()];
    const reasons = () => {
      const text = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8') : '';
      const parsed = text.split('\n').filter(Boolean).map(parseLine);
      return parsed.flatMap((one) => (one.ok && one.event.event === 'unrouted' ? [one.event.reason] : []));
    };
    const call = phone.call('+79001234567');
    await until('the word about the country', () => reasons().includes('toll abroad'));
    await call.hangup().catch(() => undefined);
    // The minute of the count may change on the way: then there are more.
    let made = 0;
    const arrived = () => trunk.log.events.filter((event) => event.kind === 'invite_received').length;
    while (!reasons().includes('toll rate') && made < 8) {
      const one = phone.call('+998005550142');
      made++;
      await until('the trunk, or a refusal', () => arrived() === made || reasons().includes('toll rate'));
      await one.hangup().catch(() => undefined);
    }
    expect(made).to.be.within(3, 7);
  });
});
