import { expect } from 'chai';
import { doors, run, terminal } from './fakes.js';

const env = {
  DIALHOOK_CALL_PREFIXES: '998,7',
  DIALHOOK_CALL_DENIED: '0900,+7900',
  DIALHOOK_CALL_HOURS: 'mon-fri 08:00-20:00,sat 09:00-14:00',
  DIALHOOK_CALL_PRICES: '+7=0.35/20',
};

describe('cli: toll', () => {
  it('writes the rule in the words of the dialplan', async () => {
    const { code, out } = await run('toll globals', doors(), terminal({ env }));
    expect(code).to.equal(0);
    expect(out).to.equal(
      [
        'DH_TOLL_ABROAD = +&00',
        'DH_TOLL_COUNTRIES = 998&7',
        'DH_TOLL_DENIED = 0900&+7900',
        'DH_TOLL_HOURS = 08:00-19:59,mon-fri,*,*&09:00-13:59,sat,*,*',
        'DH_TOLL_RATE = 10',
        '',
      ].join('\n'),
    );
  });

  it('says what a click would be told, and what it costs', async () => {
    const { DIALHOOK_CALL_HOURS: _, ...always } = env;
    const { code, out } = await run('toll check +74951234567 09001234 +4412', doors(), terminal({ env: always }));
    expect(code).to.equal(1);
    expect(out.split('\n').slice(0, 3)).to.deep.equal([
      '"+74951234567": allowed. A minute costs 0.35.',
      '"09001234": Calls to this kind of number are not allowed here.',
      '"+4412": Calls abroad to this number are not allowed here.',
    ]);
  });
});
