import { expect } from 'chai';
import { attemptLogin, LOGIN, NETWORK, PAIR, waitAfter } from '../../src/auth/throttle.js';
import { type MemoryStores, memoryStores } from './stores.js';

const NOW = 1_763_676_543_000;
const OFFICE = '192.0.2.7';

describe('the throttle of logins', () => {
  let stores: MemoryStores;
  let now = NOW;
  beforeEach(() => {
    stores = memoryStores();
    now = NOW;
  });
  const attempt = (login: string, network: string = OFFICE) => attemptLogin(stores.throttle, login, network, () => now);
  const fail = async (login: string, network: string = OFFICE) => (await attempt(login, network)).waitMs;
  const succeed = async (login: string, network: string = OFFICE) => {
    const one = await attempt(login, network);
    if (one.waitMs > 0) throw new Error(`${login} has to wait`);
    if ('succeeded' in one) await one.succeeded();
  };
  /** Fails as fast as it may, `times` times; how long that took, ms. */
  const guess = async (times: number, login: (i: number) => string, network: (i: number) => string = () => OFFICE) => {
    const from = now;
    for (let i = 0; i < times; ) {
      const wait = await fail(login(i), network(i));
      if (wait === 0) i++;
      else now += wait;
    }
    return now - from;
  };

  it('waits twice as long each time, up to a bound', () => {
    const waits = Array.from({ length: 20 }, (_, i) => waitAfter(i, PAIR) / 1000);
    expect(waits.slice(0, 10)).to.deep.equal([0, 0, 0, 0, 0, 0, 2, 4, 8, 16]);
    expect(waits.at(-1)).to.equal(900);
    expect(waitAfter(1e9, LOGIN)).to.equal(60_000);
    expect(waitAfter(1e9, NETWORK)).to.equal(10_000);
  });

  it('makes a thousand guesses of one login from one place take more than a week', async () => {
    expect(await guess(1000, () => 'lola')).to.be.greaterThan(7 * 86_400_000);
  });

  it('forgives a few slips, whatever the case, and forgets after a day', async () => {
    for (const login of ['lola', 'LOLA', ' lola ', 'Lola', 'lola', 'lola']) expect(await fail(login)).to.equal(0);
    expect(await fail('lola')).to.equal(2000);
    now += 2000;
    await succeed('lola');
    expect(await fail('lola')).to.equal(0);
    await guess(12, () => 'irina');
    now += 86_400_000;
    expect(await fail('irina')).to.equal(0);
  });

  it('counts every way to write a login as one, and what can be none as one', async () => {
    for (const login of ['lola', 'Lola', ' LOLA', 'lola ', 'lOLa', 'loLA']) await fail(login);
    expect(await fail('lola')).to.equal(2000);
    for (const login of ['lo\u200bla', 'lola\0a', 'lölä', 'lola\u0301', 'ｌｏｌａ', 'lola\u2060']) await fail(login);
    expect(await fail('lo\u200b\u200bla')).to.equal(2000);
  });

  it('does not look at a try that came too soon, and does not make the wait longer for it', async () => {
    await guess(6, () => 'lola');
    for (let i = 0; i < 10; i++) expect(await fail('lola')).to.equal(2000);
    now += 2000;
    expect(await fail('lola')).to.equal(0);
  });

  it('does not shut out an office in which somebody guesses', async () => {
    await succeed('irina');
    await guess(300, (i) => `nobody${i}`);
    expect(await fail('newcomer')).to.be.within(1, 10_000);
    await succeed('irina');
    now += 10_000;
    await succeed('newcomer');
  });

  it('does not shut out a login that a botnet guesses, where it was right before; elsewhere for a minute at most', async () => {
    await succeed('lola');
    await guess(
      500,
      () => 'lola',
      (i) => `net${i}`,
    );
    await succeed('lola');
    expect(await fail('lola', 'a new place')).to.be.within(1, 60_000);
  });

  it('counts a hundred tries at once as a hundred', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => attempt('lola')));
    expect(all.filter((one) => one.waitMs === 0)).to.have.length(6);
  });

  it('counts nothing for a try that could not be judged', async () => {
    for (let i = 0; i < 50; i++) {
      const one = await attempt('lola');
      expect(one.waitMs).to.equal(0);
      if ('takeBack' in one) await one.takeBack();
    }
  });

  it('keeps no login and no address', async () => {
    await fail('lola');
    expect(JSON.stringify([...stores.rows.throttle])).not.to.match(/lola|192\.0\.2/);
  });
});
