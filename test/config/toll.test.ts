import { expect } from 'chai';
import { amount, beginnings, dialledPrefixes, openHours, prices } from '../../src/config/toll-options.js';

describe('config: outside calls', () => {
  it('reads hours', () => {
    expect(openHours.read('mon-fri 08:00-20:00, Sat 09:00-24:00')).to.deep.equal([
      { first: 0, last: 4, from: 480, to: 1200 },
      { first: 5, last: 5, from: 540, to: 1440 },
    ]);
    expect(openHours.read('')).to.deep.equal([]);
    for (const wrong of [
      'mon',
      'mon 8:00-9:00',
      'fri-mon 08:00-09:00',
      'mon 09:00-08:00',
      'mon 08:00-24:01',
      'mon 08:60-09:00',
      'mo 08:00-09:00',
    ])
      expect(openHours.read(wrong), wrong).to.equal(undefined);
  });

  it('reads prices, each beginning once', () => {
    expect(prices.read('+7=0.35/20, 0900=1.5')).to.deep.equal([
      { prefix: '+7', perMinute: 0.35, cap: 20 },
      { prefix: '0900', perMinute: 1.5, cap: null },
    ]);
    expect(prices.read('')).to.deep.equal([]);
    for (const wrong of ['+7', '+7=', '+7=x', '+7=1/', '=1', '++7=1', '+7=1,+7=2', '+7=-1', '+7=1/2/3'])
      expect(prices.read(wrong), wrong).to.equal(undefined);
  });

  it('reads beginnings and amounts', () => {
    expect(beginnings.read('+,00,810')).to.deep.equal(['+', '00', '810']);
    expect(beginnings.read('+&00')).to.equal(undefined);
    expect(dialledPrefixes.read('0900, +7900')).to.deep.equal(['0900', '+7900']);
    expect(dialledPrefixes.read('*21')).to.equal(undefined);
    expect([amount.read(''), amount.read('49.90'), amount.read('-1')]).to.deep.equal([null, 49.9, undefined]);
  });
});
