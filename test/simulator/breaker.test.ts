import { expect } from 'chai';
import { createBreaker } from '../../src/simulator/breaker.js';

describe('simulator: breaker', () => {
  it('asks until something fails, then not for a while', () => {
    const breaker = createBreaker(3000);
    expect(breaker.asks('side', 0)).to.equal(true);
    breaker.open(1000, false);
    expect(breaker.asks('main', 3999)).to.equal(false);
    expect(breaker.asks('side', 4000)).to.equal(true);
  });

  it('keeps side hooks away from a frozen server until a bounded one found it well', () => {
    const breaker = createBreaker(3000);
    breaker.open(0, true);
    expect(breaker.asks('side', 5000)).to.equal(false);
    expect(breaker.asks('main', 5000)).to.equal(true);
    breaker.well('side');
    expect(breaker.asks('side', 5000)).to.equal(false);
    breaker.well('main');
    expect(breaker.asks('side', 5000)).to.equal(true);
  });
});
