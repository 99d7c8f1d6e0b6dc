import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { findClick, saveClick, updateClick } from '../../src/store/clicks.js';
import { findClient, listClients, removeClient, saveClients } from '../../src/store/clients.js';
import { migrate, pendingMigrations, statementsOf } from '../../src/store/migrate.js';
import {
  deleteExpiredSessions,
  deleteSession,
  findSessions,
  saveSession,
  touchSessions,
} from '../../src/store/sessions.js';
import { createUser, findUserById, findUserByLogin, listUsers, removeUser, updateUser } from '../../src/store/users.js';
import { DIALECTS, emptyDatabase, MIGRATIONS, type TestDb } from './databases.js';

/** All migrations there are. */
const ALL = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith('.sql'))
  .sort();
const NOW = Date.UTC(2026, 0, 15, 8, 0, 0, 123);
/** Text that callers and users have broken tables with. */
const HOSTILE = [
  "'; DROP TABLE users; --",
  '<script>alert(1)</script>',
  '=1+1',
  'a\\',
  '\u202eabc',
  '😀 Йо 漢',
  'x'.repeat(80),
];

for (const dialect of DIALECTS) {
  describe(`people on ${dialect}`, () => {
    let database: TestDb;
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    it('migrates once, and knows what is pending', async () => {
      expect(await pendingMigrations(database.db, MIGRATIONS)).to.deep.equal([]);
      expect(await migrate(database.db, MIGRATIONS)).to.deep.equal([]);
      const bare = await emptyDatabase(dialect, true);
      expect(await pendingMigrations(bare.db, MIGRATIONS)).to.include('0001-spine.sql');
      await bare.remove();
      expect(() => statementsOf('CREATE TABLE t (a {nonsense});', dialect)).to.throw('{nonsense}');
    });

    if (dialect === 'mysql') {
      it('migrates on after a migration that was killed: its lock, and the tables it had made', async () => {
        const bare = await emptyDatabase(dialect, true);
        await migrate(bare.db, MIGRATIONS);
        await bare.db.knex('migrations_lock').update({ is_locked: 1 });
        await bare.db.knex('migrations').del();
        expect(await migrate(bare.db, MIGRATIONS)).to.deep.equal(ALL);
        await bare.remove();
      });

      it('lets two servers that start at once migrate one after the other', async () => {
        const bare = await emptyDatabase(dialect, true);
        const ran = await Promise.all([migrate(bare.db, MIGRATIONS), migrate(bare.db, MIGRATIONS)]);
        expect(ran.flat().sort()).to.deep.equal(ALL);
        await bare.remove();
      });
    }

    it('keeps users, finds them by login whatever the case, and refuses a login that is taken', async () => {
      const { db } = database;
      const id = await createUser(
        db,
        { login: 'lola', name: 'Лола', role: 'operator', operator: '101', passwordHash: 'h' },
        NOW,
      );
      expect(await findUserByLogin(db, 'LOLA')).to.deep.include({
        id,
        name: 'Лола',
        operator: '101',
        disabled: false,
        createdAt: NOW,
      });
      expect(await findUserById(db, id + 1)).to.equal(null);
      const taken = await createUser(
        db,
        { login: 'lola', name: 'x', role: 'operator', operator: '', passwordHash: 'h' },
        NOW,
      ).then(
        () => '',
        (e: Error) => e.message,
      );
      expect(taken).to.contain('"lola" is taken');
      await updateUser(db, id, { disabled: true, role: 'supervisor' }, NOW);
      expect(await findUserById(db, id)).to.deep.include({ disabled: true, role: 'supervisor' });
      await removeUser(db, id);
      expect(await listUsers(db)).to.deep.equal([]);
    });

    it('keeps sessions by their hash, and forgets expired ones', async () => {
      const { db } = database;
      const session = {
        userId: 1,
        csrf: 'token',
        createdAt: NOW,
        seenAt: NOW,
        expiresAt: NOW + 1000,
        address: '192.0.2.1',
      };
      await saveSession(db, { idHash: 'a', ...session });
      await saveSession(db, { idHash: 'b', ...session });
      await touchSessions(db, ['b'], NOW + 500, NOW + 9000);
      const [found] = await findSessions(db, ['b']);
      expect(found).to.deep.include({ csrf: 'token', seenAt: NOW + 500, expiresAt: NOW + 9000 });
      expect(await findSessions(db, ['a', 'b', 'none'])).to.have.length(2);
      expect(await deleteExpiredSessions(db, NOW + 2000)).to.equal(1);
      expect(await findSessions(db, ['a'])).to.deep.equal([]);
      await deleteSession(db, 'b');
      expect(await findSessions(db, ['b', 'A'])).to.deep.equal([]);
    });

    it('finds a client by the digits of the number', async () => {
      const { db } = database;
      await saveClients(db, [{ number: '+998 00 123-45-67', name: 'Aziza', company: 'Orion', vip: true }]);
      expect(await findClient(db, '998001234567')).to.deep.equal({
        number: '+998 00 123-45-67',
        name: 'Aziza',
        company: 'Orion',
        vip: true,
      });
      expect(await findClient(db, 'anonymous')).to.equal(null);
      await saveClients(db, [{ number: '998001234567', name: 'Aziza K.', company: '', vip: false }]);
      expect(await listClients(db, 10)).to.have.length(1);
      expect(await removeClient(db, '+998001234567')).to.equal(true);
      expect(await removeClient(db, '+998001234567')).to.equal(false);
      const refused = await saveClients(db, [{ number: 'none', name: '', company: '', vip: false }]).then(
        () => '',
        (e: Error) => e.message,
      );
      expect(refused).to.contain('"none" has no digits');
    });

    it('moves a click only from the states it was thought to be in', async () => {
      const { db } = database;
      const click = {
        userId: 1,
        login: 'lola',
        verb: 'call',
        operator: '101',
        target: '5550142',
        deadlineAt: NOW + 1,
        result: '',
        error: '',
        changedAt: NOW,
      };
      await saveClick(db, { id: 'c-1', sentAt: NOW, state: 'sending', ...click });
      await updateClick(db, 'c-1', { state: 'failed', error: 'x' }, NOW, ['sent']);
      expect((await findClick(db, 'c-1'))?.state).to.equal('sending');
      await updateClick(db, 'c-1', { state: 'sent' }, NOW, ['sending']);
      expect((await findClick(db, 'c-1'))?.state).to.equal('sent');
      expect(await findClick(db, 'c-2')).to.equal(null);
    });

    it('takes hostile text as text', async () => {
      const { db } = database;
      for (const [i, text] of HOSTILE.entries()) {
        await saveClients(db, [{ number: `55501${i}0`, name: text, company: text, vip: false }]);
        expect(await findClient(db, `55501${i}0`)).to.deep.include({ name: text, company: text });
        const id = await createUser(
          db,
          { login: `u${i}`, name: text, role: 'operator', operator: text, passwordHash: 'h' },
          NOW,
        );
        expect(await findUserById(db, id)).to.deep.include({ name: text, operator: text });
      }
    });
  });
}
