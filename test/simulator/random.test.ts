import { expect } from 'chai';
import { createRandom } from '../../src/simulator/random.js';

describe('simulator: chance', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 1000 }, () => random.next());
  };

  it('repeats itself for the same seed, and only then', () => {
    expect(draw(7)).to.deep.equal(draw(7));
    expect(draw(7)).to.not.deep.equal(draw(8));
  });

  it('is spread evenly between 0 and 1', () => {
    const drawn = draw(1);
    expect(Math.min(...drawn)).to.be.within(0, 0.02);
    expect(Math.max(...drawn)).to.be.within(0.98, 0.999999);
    expect(drawn.reduce((sum, one) => sum + one) / drawn.length).to.be.within(0.45, 0.55);
  });

  it('draws whole numbers with both ends, picks of a list and waiting times of a mean', () => {
    const random = createRandom(3);
    const whole = Array.from({ length: 200 }, () => random.whole(1, 3));
    expect([...new Set(whole)].sort()).to.deep.equal([1, 2, 3]);
    expect(['a', 'b']).to.include(random.pick(['a', 'b']));
    const waits = Array.from({ length: 5000 }, () => random.waiting(10));
    expect(waits.reduce((sum, one) => sum + one) / waits.length).to.be.within(9, 11);
  });
});
