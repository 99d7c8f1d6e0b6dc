import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';
import { createSessions, type Sessions } from '../../src/auth/sessions.js';
import { toUser, type User, type UserRow } from '../../src/auth/users.js';
import { type MemoryStores, memoryStores } from './stores.js';

const HOUR = 3_600_000;
const LOLA: UserRow = {
  ...{ id: 1, login: 'lola', name: 'Lola M.', role: 'operator', operator: '112' },
  ...{ passwordHash: 'x', disabled: false, createdAt: 1 },
};

describe('sessions', () => {
  let stores: MemoryStores;
  let sessions: Sessions;
  let now: number;
  const user: User = toUser(LOLA);
  beforeEach(() => {
    stores = memoryStores();
    stores.rows.users.push({ ...LOLA });
    now = 1_763_000_000_000;
    sessions = createSessions({ ...stores, idleHours: 12, mostHours: 48, now: () => now });
  });

  it('are opened with 256 random bits, and only their hash is kept', async () => {
    const a = await sessions.open(user, '192.0.2.7');
    const b = await sessions.open(user, '192.0.2.7');
    expect(a.token)
      .to.match(/^[A-Za-z0-9_-]{43}$/)
      .and.not.equal(b.token);
    expect(JSON.stringify([...stores.rows.sessions.values()])).not.to.include(a.token);
    expect((await sessions.find(a.token))?.user).to.deep.equal(user);
  });

  it('of strange cookies do not exist, and the table is not asked', async () => {
    for (const token of [undefined, '', 'x', 'a'.repeat(44), "' or 1=1 --", `${'a'.repeat(42)}\n`]) {
      expect(await sessions.find(token)).to.equal(null);
    }
    expect(stores.asked).to.equal(0);
    expect(await sessions.find('a'.repeat(43))).to.equal(null);
  });

  it('are asked for once in five seconds, however many pages refresh', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    stores.asked = 0;
    await Promise.all(Array.from({ length: 50 }, () => sessions.find(token)));
    for (let i = 0; i < 4; i++) {
      now += 1_000;
      await sessions.find(token);
    }
    expect(stores.asked).to.equal(2);
    now += 1_500;
    await sessions.find(token);
    expect(stores.asked).to.equal(4);
  });

  it('of all who ask at once are looked up in a few queries', async () => {
    const tokens: string[] = [];
    for (let i = 0; i < 700; i++) tokens.push((await sessions.open(user, '192.0.2.7')).token);
    stores.asked = 0;
    const found = await Promise.all(tokens.map((token) => sessions.find(token)));
    expect(found.every((session) => session?.user.login === 'lola')).to.equal(true);
    expect(new Set(found.map((session) => session?.id)).size).to.equal(700);
    expect(stores.asked).to.be.at.most(4);
  });

  it('that are asked for again and again are looked up behind their backs, and only those', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    expect(sessions.known(token)).to.equal(null);
    await sessions.find(token);
    now += 3_500;
    stores.asked = 0;
    expect(sessions.known(token)?.user.login).to.equal('lola');
    expect(stores.asked).to.equal(0);
    await until(() => stores.asked === 2, { what: 'the session to be looked up again' });
    now += 4_000;
    expect(sessions.known(token)?.user.login).to.equal('lola');
    now += 2_000;
    expect(sessions.known(token)).to.equal(null);
  });

  it('that end while they are looked up behind their backs are known no more', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    await sessions.find(token);
    now += 3_500;
    expect(sessions.known(token)).not.to.equal(null);
    stores.rows.sessions.clear();
    await until(() => sessions.known(token) === null, { what: 'the session to be known no more' });
    expect(await sessions.find(token)).to.equal(null);
  });

  it('that were believed before are looked up again, those that ended since are gone, and strange ones are not asked for', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    expect(sessions.again(token)).to.equal(null);
    await sessions.find(token);
    now += 6_000;
    expect(sessions.known(token)).to.equal(null);
    expect((await sessions.again(token))?.user.login).to.equal('lola');
    expect(sessions.known(token)?.user.login).to.equal('lola');
    now += 6_000;
    stores.rows.sessions.clear();
    stores.asked = 0;
    expect(await sessions.again(token)).to.equal(null);
    expect(stores.asked).to.equal(1);
    for (const strange of [undefined, '', token, 'a'.repeat(43)]) expect(sessions.again(strange)).to.equal(null);
    expect(stores.asked).to.equal(1);
  });

  it('that are closed while their last sight is written stay closed', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    now += 70_000;
    let closing: Promise<void> | undefined;
    const { touchSessions } = stores.sessions;
    stores.sessions.touchSessions = async (...args) => {
      closing ??= sessions.close(token);
      return touchSessions(...args);
    };
    expect(await sessions.find(token)).to.equal(null);
    await closing;
    expect(sessions.known(token)).to.equal(null);
  });

  it('end two days after the login, however busy', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    const end = now + 48 * HOUR;
    for (; now < end; now += HOUR) expect(await sessions.find(token), `${end - now}`).not.to.equal(null);
    expect(await sessions.find(token)).to.equal(null);
  });

  it('end twelve hours after the last request', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    now += 11 * HOUR;
    expect(await sessions.find(token)).not.to.equal(null);
    now += 11 * HOUR;
    expect(await sessions.find(token)).not.to.equal(null);
    now += 13 * HOUR;
    expect(await sessions.find(token)).to.equal(null);
  });

  it('end at once at logout, even while they are being looked up', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    await sessions.find(token);
    now += 6_000;
    const looking = sessions.find(token);
    await sessions.close(token);
    expect(await looking).to.equal(null);
    expect(await sessions.find(token)).to.equal(null);
    expect(stores.rows.sessions.size).to.equal(0);
  });

  it('end within five seconds when the user is disabled, at once when forgotten', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    await sessions.find(token);
    for (const row of stores.rows.users) row.disabled = true;
    sessions.forget(1);
    expect(await sessions.find(token)).to.equal(null);
  });

  it('found before live through ten minutes without a database; new ones do not', async () => {
    const { token } = await sessions.open(user, '192.0.2.7');
    const other = await sessions.open(user, '192.0.2.7');
    await sessions.find(token);
    stores.down = true;
    now += 9 * 60_000;
    expect((await sessions.find(token))?.user.login).to.equal('lola');
    const fault = await sessions.find(other.token).catch((error: Error) => error.message);
    expect(fault).to.include('ECONNREFUSED');
    now += 2 * 60_000;
    expect(await sessions.find(token).catch((error: Error) => error.message)).to.include('ECONNREFUSED');
  });
});
