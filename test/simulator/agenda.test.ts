import { expect } from 'chai';
import { createAgenda } from '../../src/simulator/agenda.js';
import { createRandom } from '../../src/simulator/random.js';

describe('simulator: agenda', () => {
  it('carries out what is due, in the order of the clock, equal times in the order they were put down', () => {
    const agenda = createAgenda();
    const done: string[] = [];
    agenda.after(20, () => done.push('c'));
    agenda.after(10, () => done.push('a'));
    agenda.after(10, () => done.push('b'));
    agenda.after(30, () => done.push('d'));
    agenda.run(25);
    expect(done).to.deep.equal(['a', 'b', 'c']);
    expect(agenda.now()).to.equal(25);
    expect(agenda.nextAt()).to.equal(30);
  });

  it('shows an action its own time, and runs what it puts down', () => {
    const agenda = createAgenda();
    const seen: number[] = [];
    agenda.after(5, () => {
      seen.push(agenda.now());
      agenda.after(5, () => seen.push(agenda.now()));
    });
    agenda.run(100);
    expect(seen).to.deep.equal([5, 10]);
  });

  it('takes an action off', () => {
    const agenda = createAgenda();
    const off = agenda.after(5, () => expect.fail('was taken off'));
    off();
    expect(agenda.nextAt()).to.equal(null);
    agenda.run(10);
  });

  it('keeps a thousand actions in order', () => {
    const agenda = createAgenda();
    const random = createRandom(5);
    const seen: number[] = [];
    for (let i = 0; i < 1000; i++) agenda.after(random.whole(0, 500), () => seen.push(agenda.now()));
    agenda.run(500);
    expect(seen)
      .to.deep.equal([...seen].sort((a, b) => a - b))
      .and.to.have.lengthOf(1000);
  });
});
