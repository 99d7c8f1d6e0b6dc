import { expect } from 'chai';
import { MENU_NUMBER, makeCast, simulatedClients, UNKNOWN_NUMBERS } from '../../src/simulator/cast.js';

describe('simulator: cast', () => {
  const cast = makeCast({ operators: 60, queues: 12 });

  it('has so many operators, from 101, and so many queues, each with people', () => {
    expect(cast.operators.map((one) => one.endpoint)).to.deep.equal(
      Array.from({ length: 60 }, (_, i) => String(101 + i)),
    );
    expect(new Set(cast.queues.map((one) => one.name)).size).to.equal(12);
    for (const { name } of cast.queues)
      expect(
        cast.operators.some((one) => one.queues.includes(name)),
        name,
      ).to.equal(true);
  });

  it('has queues with a wrap-up and without', () => {
    const some = makeCast({ operators: 1, queues: 4, wrapup: 30 }).queues.map((one) => one.wrapup);
    expect(some).to.deep.equal([30, 30, 0, 30]);
    expect(cast.queues.every((one) => one.wrapup === 0)).to.equal(true);
  });

  it('is the same people whatever the size', () => {
    const small = makeCast({ operators: 10, queues: 12 });
    expect(small.operators).to.deep.equal(cast.operators.slice(0, 10));
    expect(small.clients).to.deep.equal(simulatedClients());
  });

  it('gives every name once', () => expect(new Set(cast.operators.map((one) => one.name)).size).to.equal(60));

  it('has numbers that belong to nobody, each for one purpose', () => {
    const numbers = [
      ...cast.queues.map((one) => one.did),
      ...cast.operators.map((one) => one.did).filter(Boolean),
      ...cast.clients.map((one) => one.number),
      ...UNKNOWN_NUMBERS,
      MENU_NUMBER,
    ];
    expect(new Set(numbers).size).to.equal(numbers.length);
    for (const number of numbers) expect(number).to.match(/^(\+99800\d{7}|55501\d\d)$/);
  });

  it('has VIPs, companies, and names in two scripts', () => {
    expect(cast.clients.filter((one) => one.vip)).to.have.length.within(3, 10);
    expect(cast.clients.filter((one) => one.company !== '')).to.have.length.above(5);
    expect(cast.clients.map((one) => one.name).join())
      .to.match(/[A-Z]/)
      .and.to.match(/[А-Я]/);
  });
});
