import { expect } from 'chai';
import { remembered } from '../../src/web/remembered.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a look-up that is remembered', () => {
  let now = 0;
  let asked: string[] = [];
  let answer: (key: string) => Promise<string>;
  const make = () =>
    remembered(
      (key: string) => {
        asked.push(key);
        return answer(key);
      },
      { forMs: 20_000, waitMs: 50, now: () => now, log: silent },
    );
  beforeEach(() => {
    [now, asked] = [1_000_000, []];
    answer = async (key) => `${key}@${now}`;
  });

  it('is asked for once in its time, however often the page needs it', async () => {
    const look = make();
    expect(await look('101', 'ready')).to.equal('101@1000000');
    for (let i = 0; i < 15; i++) {
      now += 1_000;
      await look('101', 'ready');
    }
    expect(asked).to.have.length(1);
    now += 6_000;
    await look('101', 'ready');
    expect(asked).to.have.length(2);
  });

  it('is asked for anew when something happened, and once more a little later', async () => {
    const look = make();
    await look('101', 'talking');
    now += 5_000;
    await look('101', 'ready');
    await settled();
    expect(asked).to.have.length(2);
    for (let i = 0; i < 8; i++) {
      now += 1_000;
      await look('101', 'ready');
      await settled();
    }
    expect(asked).to.have.length(3);
  });

  it('never holds a page up: the first answer shortly, later ones not at all', async () => {
    const look = make();
    answer = () => new Promise(() => {});
    const from = Date.now();
    expect(await look('101', 'ready')).to.equal(undefined);
    expect(Date.now() - from).to.be.within(40, 5000);
    expect(await look('102', 'ready')).to.equal(undefined);
  });

  it('keeps the last answer when asking fails', async () => {
    const look = make();
    const first = await look('101', 'ready');
    answer = () => Promise.reject(new Error('connect ECONNREFUSED'));
    now += 30_000;
    expect(await look('101', 'ready')).to.equal(first);
    await settled();
    expect(await look('101', 'ready')).to.equal(first);
  });
});
