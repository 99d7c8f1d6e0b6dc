import { expect } from 'chai';
import { destinationRule, dialledForm } from '../../src/actions/destination.js';
import { capInWords, priceOf, reachedCaps, stopping } from '../../src/actions/spending.js';

const ABROAD = ['+', '00', '810'];
const PRICES = [
  { prefix: '+7', perMinute: 0.35, cap: 20 },
  { prefix: '+7495', perMinute: 0.1, cap: null },
  { prefix: '0900', perMinute: 1.5, cap: null },
];

describe('the rule of destinations', () => {
  it('knows every way to leave the country as one', () => {
    for (const number of ['+447911123456', '00447911123456', '810447911123456'])
      expect(dialledForm(number, ABROAD)).to.equal('+447911123456');
    expect(dialledForm('0900 12-34', ABROAD)).to.equal('09001234');
  });

  it('denies also where the country is allowed', () => {
    const rule = destinationRule({ international: ['44'], denied: ['+4470', '0900'], abroad: ABROAD });
    expect(rule('+447911123456').allowed).to.equal(true);
    for (const number of ['+447011123456', '00447011123456', '810447011123456', '09001234567'])
      expect(rule(number).why, number).to.equal('Calls to this kind of number are not allowed here.');
    expect(rule('81044').allowed).to.equal(true);
    expect(rule('81079001234567').why).to.include('abroad');
  });

  it('knows hours in the zone of the centre; short numbers are always free', () => {
    const hours = [
      { first: 0, last: 4, from: 8 * 60, to: 20 * 60 },
      { first: 5, last: 5, from: 9 * 60, to: 14 * 60 },
    ];
    const rule = destinationRule({ international: ['998'], hours, timeZone: 'Asia/Tashkent' });
    // Tashkent is five hours before UTC; 2026-01-15 is a Thursday.
    const open = (text: string, number = '5550142') => rule(number, Date.parse(text)).allowed;
    expect(open('2026-01-15T02:59:59Z')).to.equal(false);
    expect(open('2026-01-15T03:00:00Z')).to.equal(true);
    expect(open('2026-01-15T14:59:59Z')).to.equal(true);
    expect(open('2026-01-15T15:00:00Z')).to.equal(false);
    expect(open('2026-01-17T04:00:00Z')).to.equal(true);
    expect(open('2026-01-17T09:00:00Z')).to.equal(false);
    expect(open('2026-01-18T06:00:00Z')).to.equal(false);
    expect(open('2026-01-18T06:00:00Z', '112')).to.equal(true);
    expect(open('2026-01-18T06:00:00Z', '+998')).to.equal(false);
  });
});

describe('spending', () => {
  it('takes the price of the longest beginning', () => {
    expect(priceOf('0074951234567', PRICES, ABROAD)?.prefix).to.equal('+7495');
    expect(priceOf('+79001234567', PRICES, ABROAD)?.prefix).to.equal('+7');
    expect(priceOf('79001234567', PRICES, ABROAD)).to.equal(null);
    expect(priceOf('09001', PRICES, ABROAD)?.prefix).to.equal('0900');
  });

  it('finds the caps that are reached, and what they stop', () => {
    const minutes = [
      { dialled: '+79001234567', minutes: 50 },
      { dialled: '0079001234568', minutes: 8 },
      { dialled: '+74951234567', minutes: 100 },
      { dialled: '5550142', minutes: 10_000 },
    ];
    const reached = reachedCaps(minutes, PRICES, 50, ABROAD);
    expect(reached).to.have.length(1);
    expect(reached[0]).to.include({ prefix: '+7', cap: 20 });
    expect(reached[0]?.spent).to.be.closeTo(20.3, 1e-9);
    expect(stopping('+74951234567', reached, ABROAD)?.prefix).to.equal('+7');
    expect(stopping('09001234567', reached, ABROAD)).to.equal(null);
    const all = reachedCaps([...minutes, { dialled: '0900123', minutes: 20 }], PRICES, 50, ABROAD);
    expect(all.map((one) => one.prefix)).to.deep.equal(['', '+7']);
    expect(stopping('09001234567', all, ABROAD)?.prefix).to.equal('');
    expect(all.map(capInWords)).to.deep.equal([
      'Outside calls have cost 60.30 today; the cap is 50.00. No more of them until midnight.',
      'Calls to +7 have cost 20.30 today; the cap is 20.00. No more of them until midnight.',
    ]);
    expect(reachedCaps(minutes, [], null, ABROAD)).to.deep.equal([]);
  });
});
