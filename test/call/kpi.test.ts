import { expect } from 'chai';
import {
  abandonRate,
  addCounts,
  answeredWithinT,
  answerRate,
  answerSpeed,
  NO_VISITS,
  serviceLevel,
} from '../../src/call/kpi.js';

const day = { ...NO_VISITS, offered: 1060, answered: 1000, answeredWithin: 860, abandoned: 60, shortAbandoned: 10 };

describe('kpi', () => {
  it('holds the worked example', () => {
    expect(serviceLevel(day)?.value).to.be.closeTo(81.9, 0.05);
    expect(serviceLevel(day)?.n).to.equal(1050);
    expect(answeredWithinT(day)?.value).to.be.closeTo(86.0, 0.05);
    expect(abandonRate(day)?.value).to.be.closeTo(4.8, 0.05);
  });

  it('holds the example of the operator who let it ring: one visit answered is 100 %', () => {
    expect(answerRate({ ...NO_VISITS, offered: 1, answered: 1 })).to.deep.equal({ value: 100, n: 1 });
  });

  it('has no number where there is no case, never 0 or 100 %', () => {
    expect(serviceLevel(NO_VISITS)).to.equal(null);
    expect(abandonRate({ ...NO_VISITS, offered: 3, abandoned: 3, shortAbandoned: 3 })).to.equal(null);
    expect(answerSpeed(NO_VISITS)).to.equal(null);
  });

  it('counts time-outs and empty queues against the service level, keys not', () => {
    const counts = { ...NO_VISITS, offered: 5, answered: 2, answeredWithin: 2, timeout: 1, exitEmpty: 1 };
    expect(serviceLevel(counts)).to.deep.equal({ value: 50, n: 4 });
  });

  it('adds queues up by their counts, not by their ratios', () => {
    const small = { ...NO_VISITS, offered: 1, answered: 1, answeredWithin: 0 };
    expect(serviceLevel(addCounts([day, small]))?.n).to.equal(1051);
  });
});
