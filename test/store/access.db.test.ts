import { expect } from 'chai';
import { attemptLogin } from '../../src/auth/throttle.js';
import {
  changeThrottle,
  deleteOldThrottle,
  findToken,
  listAudit,
  listTokens,
  removeToken,
  saveAudit,
  saveToken,
  touchToken,
} from '../../src/store/access.js';
import { listCalls } from '../../src/store/call-list.js';
import { countCalls, saveClick } from '../../src/store/clicks.js';
import { deleteSessionsOfUser, listSessions, saveSession } from '../../src/store/sessions.js';
import { toDb } from '../../src/store/time.js';
import { createUser, removeUser } from '../../src/store/users.js';
import { DIALECTS, emptyDatabase, type TestDb } from './databases.js';

const NOW = Date.UTC(2026, 0, 15, 8, 0, 0, 123);

type Rest<F> = F extends (db: never, ...rest: infer R) => unknown ? R : never;

for (const dialect of DIALECTS) {
  describe(`access on ${dialect}`, () => {
    let database: TestDb;
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    it('lists the audit newest first, by login, kind and time, page by page', async () => {
      const { db } = database;
      for (let i = 0; i < 10; i++) {
        const [login, kind] = i % 2 === 0 ? ['Lola', 'login'] : ['sabir', 'click'];
        await saveAudit(db, { at: NOW + i, userId: i, login, kind, target: `t${i}`, detail: '', address: '192.0.2.1' });
      }
      const targets = async (asked: Parameters<typeof listAudit>[1]) =>
        (await listAudit(db, asked)).map((row) => row.target);
      expect(await targets({ limit: 3 })).to.deep.equal(['t9', 't8', 't7']);
      const before = (await listAudit(db, { limit: 3 })).at(-1)?.seq ?? 0;
      expect(await targets({ limit: 3, before })).to.deep.equal(['t6', 't5', 't4']);
      expect(await targets({ limit: 9, login: 'LOLA' })).to.deep.equal(['t8', 't6', 't4', 't2', 't0']);
      expect(await targets({ limit: 9, kind: 'click', since: NOW + 3, until: NOW + 7 })).to.deep.equal(['t5', 't3']);
    });

    it('keeps tokens, where they were used, and removes them with their user', async () => {
      const { db } = database;
      const userId = await createUser(
        db,
        { login: 'bot', name: '', role: 'operator', operator: '', passwordHash: 'h' },
        NOW,
      );
      const token = {
        ...{ id: 'abc', secretHash: 'f'.repeat(64), userId, name: 'wall', scopes: ['live:read', 'calls:read'] },
        ...{ createdAt: NOW, expiresAt: NOW + 1000, usedAt: null, usedFrom: '' },
      };
      await saveToken(db, token);
      expect(await findToken(db, 'abc')).to.deep.equal(token);
      expect(await findToken(db, 'ABC')).to.equal(null);
      await touchToken(db, 'abc', NOW + 5, '192.0.2.1');
      expect((await listTokens(db))[0]).to.deep.include({ usedAt: NOW + 5, usedFrom: '192.0.2.1' });
      await saveToken(db, { ...token, id: 'def' });
      expect([await removeToken(db, 'def'), await removeToken(db, 'def')]).to.deep.equal([true, false]);
      await removeUser(db, userId);
      expect(await listTokens(db)).to.deep.equal([]);
    });

    it('counts tries that come at once, from several connections, one after the other', async () => {
      const { db } = database;
      const store = {
        changeThrottle: <T>(...args: [readonly string[], number, Parameters<typeof changeThrottle<T>>[3]]) =>
          changeThrottle<T>(db, ...args),
      };
      const all = await Promise.all(
        Array.from({ length: 30 }, () => attemptLogin(store, 'lola', '192.0.2.1', () => NOW)),
      );
      expect(all.filter((one) => one.waitMs === 0)).to.have.length(6);
      expect(await deleteOldThrottle(db, NOW)).to.equal(0);
      expect(await deleteOldThrottle(db, NOW + 1)).to.equal(3);
    });

    it('keeps nothing of tries that are not looked at: whoever guesses logins fills no table', async () => {
      const { db } = database;
      const store = { changeThrottle: <T>(...args: Rest<typeof changeThrottle<T>>) => changeThrottle<T>(db, ...args) };
      const guess = (login: string) => attemptLogin(store, login, '192.0.2.1', () => NOW);
      for (let i = 0; i < 60; i++) await guess(`guess${i}`);
      const rows = async () => Number((await db.knex('access_throttle').count({ n: '*' }).first())?.['n']);
      // 51 tries were looked at, of a pair and a login each, and there is the network.
      expect(await rows()).to.equal(103);
      await Promise.all(Array.from({ length: 20 }, (_, i) => guess(`more${i}`)));
      expect(await rows()).to.equal(103);
      // A try that was taken back is none either.
      const attempt = await attemptLogin(store, 'lola', '192.0.2.2', () => NOW);
      if ('takeBack' in attempt) await attempt.takeBack();
      expect(await rows()).to.equal(103);
    });

    it('lists and ends all sessions of a user', async () => {
      const { db } = database;
      const times = { createdAt: NOW, seenAt: NOW, expiresAt: NOW + 1000 };
      for (const [idHash, userId] of [
        ['a', 1],
        ['b', 1],
        ['c', 2],
      ] as const)
        await saveSession(db, { idHash, userId, csrf: 't', address: '192.0.2.1', ...times });
      expect(await listSessions(db, NOW)).to.have.length(3);
      expect(await listSessions(db, NOW, 1)).to.have.length(2);
      expect(await listSessions(db, NOW + 1000)).to.deep.equal([]);
      await deleteSessionsOfUser(db, 1);
      expect((await listSessions(db, NOW)).map((row) => row.idHash)).to.deep.equal(['c']);
    });

    it('lists calls page by page, those of one millisecond too', async () => {
      const { db } = database;
      const rest = {
        ...{
          pbx: 'pbx1',
          direction: 'in',
          caller_number: '5550107',
          caller_name: 'Йо 😀',
          dialled: '5551000',
          trunk: '',
        },
        ...{ operator: '', click_id: '', linkedid: '1', answered_at: null, duration_ms: 1, wait_ms: 2, talk_ms: 0 },
        ...{ outcome: 'abandoned', ended_by: '', events: 1, odd: '', ended_at: toDb(NOW + 99) },
      };
      for (let i = 0; i < 9; i++)
        await db.knex('cdr_calls').insert({ ...rest, call_id: `c${i}`, started_at: toDb(NOW + Math.floor(i / 3)) });
      const asked = { since: NOW, until: NOW + 9, limit: 2 };
      const seen: string[] = [];
      for (let after = null as { startedAt: number; call: string } | null; ; ) {
        const page = await listCalls(db, { ...asked, after });
        seen.push(...page.map((one) => one.call));
        const last = page.at(-1);
        if (last === undefined) break;
        after = last;
      }
      expect(seen).to.deep.equal(['c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
      const [first] = await listCalls(db, { ...asked, after: null });
      expect(first).to.deep.include({ from: '5550107', name: 'Йо 😀', startedAt: NOW + 2, answeredAt: null, wait: 2 });
      expect(await listCalls(db, { since: NOW + 1, until: NOW + 2, after: null, limit: 9 })).to.have.length(3);
    });

    it("counts a user's calls of the last minute, whichever process took them", async () => {
      const { db } = database;
      const click = {
        ...{ userId: 1, login: 'lola', operator: '101', target: '1', deadlineAt: NOW, state: 'failed' as const },
        ...{ result: '', error: '', changedAt: NOW },
      };
      for (const [id, verb, sentAt] of [
        ['1', 'call', NOW - 60_000],
        ['2', 'call', NOW - 1],
        ['3', 'pause', NOW],
      ] as const)
        await saveClick(db, { ...click, id, verb, sentAt });
      expect(await countCalls(db, 1, NOW - 60_000)).to.equal(1);
      expect(await countCalls(db, 2, 0)).to.equal(0);
    });
  });
}
