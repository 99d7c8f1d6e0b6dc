import { expect } from 'chai';
import { createFirstAdministrator } from '../../src/auth/first.js';
import { checkLogin } from '../../src/auth/login.js';
import { hashPassword } from '../../src/auth/password.js';
import { type MemoryStores, memoryStores } from './stores.js';

describe('login', () => {
  let stores: MemoryStores;
  beforeEach(async () => {
    stores = memoryStores();
    const passwordHash = await hashPassword('correct horse battery');
    const person = { name: 'Lola M.', role: 'operator', operator: '112', passwordHash } as const;
    await stores.users.createUser({ ...person, login: 'lola' }, 1);
    await stores.users.createUser({ ...person, login: 'gone' }, 1);
    for (const row of stores.rows.users) row.disabled = row.login === 'gone';
  });

  it('lets in who knows the password, without its hash', async () => {
    const user = await checkLogin(stores.users, ' lola ', 'correct horse battery');
    expect(user).to.deep.equal({ id: 1, login: 'lola', name: 'Lola M.', role: 'operator', operator: '112' });
  });

  it('lets in nobody else', async () => {
    expect(await checkLogin(stores.users, 'lola', 'wrong horse battery')).to.equal(null);
    expect(await checkLogin(stores.users, 'lola', 'Correct horse battery')).to.equal(null);
    expect(await checkLogin(stores.users, 'gone', 'correct horse battery')).to.equal(null);
    expect(await checkLogin(stores.users, 'lola', '')).to.equal(null);
  });

  it('takes two strings of a sane length and asks the table for nothing else', async () => {
    const strange: unknown[] = [undefined, null, 1, true, {}, [], ['lola'], { $ne: '' }, 'x'.repeat(81)];
    for (const login of strange) expect(await checkLogin(stores.users, login, 'correct horse battery')).to.equal(null);
    for (const password of [...strange.slice(0, -1), 'x'.repeat(257)]) {
      expect(await checkLogin(stores.users, 'lola', password)).to.equal(null);
    }
    expect(stores.asked).to.equal(2);
  });
});

describe('first start', () => {
  it('makes one administrator, with a password that works and is told once', async () => {
    const stores = memoryStores();
    const first = await createFirstAdministrator(stores.users, 1_763_000_000_000);
    expect(first?.login).to.equal('admin');
    const user = await checkLogin(stores.users, 'admin', first?.password);
    expect(user?.role).to.equal('administrator');
    expect(JSON.stringify(stores.rows.users)).not.to.include(first?.password ?? '?');
    expect(await createFirstAdministrator(stores.users)).to.equal(null);
    expect(stores.rows.users).to.have.length(1);
  });
});
