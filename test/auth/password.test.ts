import { expect } from 'chai';
import { checkPassword, hashPassword, passwordFault, randomPassword } from '../../src/auth/password.js';

describe('passwords', () => {
  it('are kept as argon2id and found again', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await checkPassword(hash, 'correct horse battery')).to.equal(true);
    expect(await checkPassword(hash, 'correct horse batterz')).to.equal(false);
  });

  it('of nobody are checked too, so an unknown login costs the same time', async () => {
    const hash = await hashPassword('correct horse battery');
    const time = async (of: string | null) => {
      const from = process.hrtime.bigint();
      await checkPassword(of, 'wrong password');
      return Number(process.hrtime.bigint() - from) / 1e6;
    };
    // The fastest of some tries, in turn: the machine may be busy with other things, and for one of them more than for the other.
    let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 7 || (i < 50 && (unknown < known * 0.5 || unknown > known * 2)); i++) {
      known = Math.min(known, await time(hash));
      unknown = Math.min(unknown, await time(null));
    }
    expect(unknown).to.be.within(known * 0.5, known * 2);
  });

  it('never fit a damaged hash, and never throw for one', async () => {
    expect(await checkPassword('', 'anything at all')).to.equal(false);
    expect(await checkPassword('$argon2id$broken', 'anything at all')).to.equal(false);
  });

  it('are refused when a crowd waits, instead of filling the threads', async () => {
    const crowd = await Promise.allSettled(Array.from({ length: 40 }, () => checkPassword(null, 'x')));
    const refused = crowd.filter((one) => one.status === 'rejected');
    expect(refused).to.have.length(8);
    expect(String(refused[0]?.status === 'rejected' && refused[0].reason)).to.include('try again');
    expect(await checkPassword(null, 'x')).to.equal(false);
  }).timeout(10_000);

  it('have rules that say what is wrong', () => {
    expect(passwordFault('short', 'lola')).to.include('at least 12');
    expect(passwordFault('x'.repeat(300), 'lola')).to.include('at most 256');
    expect(passwordFault('Lola.Mirova.', 'lola.mirova')).to.include('login');
    expect(passwordFault('aaaaaaaaaaaa', 'lola')).to.include('repeats');
    expect(passwordFault('lola.mirova.77', 'lola.mirova')).to.include('login');
    for (const fine of ['длинный-пароль-тут', 'three old green boats', 'Tr0ub4dor&3 xx', randomPassword()])
      expect(passwordFault(fine, 'lola'), fine).to.equal(null);
  });

  it('that anybody would try first are refused', () => {
    for (const bad of [
      'Password2026!!',
      'passwordpassword',
      'qwerty123456',
      'Welcome-2026-',
      'Пароль2026!!',
      'iloveyou1234',
    ])
      expect(passwordFault(bad, 'lola'), bad).to.match(/first that anybody tries|follows the keys|repeats/);
    for (const keys of ['123456789012', 'qwertyuiop[]', 'abcdefghijkl', 'asdfghjklzxc', '112233445566'])
      expect(passwordFault(keys, 'lola'), keys).to.match(/follows the keys|first that/);
  });

  it('made by us are long, readable and never the same', () => {
    const made = new Set(Array.from({ length: 100 }, randomPassword));
    expect(made.size).to.equal(100);
    for (const one of made) expect(one).to.match(/^([a-km-z2-9]{5}-){3}[a-km-z2-9]{5}$/);
  });
});
