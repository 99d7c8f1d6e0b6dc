import { expect } from 'chai';
import { createTokens } from '../../src/auth/tokens.js';
import { auditStore, tokenStore, tokensIn } from '../../src/serve/access.js';
import { createUser, findUserById } from '../../src/store/users.js';
import { DIALECTS, emptyDatabase, type TestDb } from '../store/databases.js';

for (const dialect of DIALECTS) {
  describe(`tokens from the command line to a request, on ${dialect}`, () => {
    let database: TestDb;
    beforeEach(async () => {
      database = await emptyDatabase(dialect);
    });
    afterEach(() => database.remove());

    it('opens what was asked for, is listed with its use, and is gone when removed', async () => {
      const { db } = database;
      await createUser(db, { login: 'boss', name: '', role: 'supervisor', operator: '', passwordHash: 'h' }, 0);
      const tokens = tokensIn(db);
      expect(await tokens.add({ login: 'nobody', name: 'x', scopes: ['live:read'], days: 1 })).to.equal(null);
      const made = await tokens.add({ login: 'boss', name: 'wall', scopes: ['live:read', 'click:call'], days: 1 });
      let now = Date.now();
      const parts = { tokens: tokenStore(db), audit: auditStore(db), now: () => now };
      const { find } = createTokens({ users: { findUserById: (id) => findUserById(db, id) }, ...parts });
      expect(await find(made?.text ?? '', '192.0.2.1')).to.deep.include({ scopes: ['live:read', 'click:call'] });
      expect((await tokens.list())[0]).to.include({ login: 'boss', usedFrom: '192.0.2.1' });
      expect(await tokens.remove(made?.id ?? '')).to.equal(true);
      now += 5000;
      expect(await find(made?.text ?? '', '192.0.2.1')).to.equal(null);
      const told = (await auditStore(db).list({ limit: 9 })).map(({ kind, target, address }) => [
        kind,
        target,
        address,
      ]);
      expect(told).to.deep.equal([
        ['token_removed', made?.id, 'command line'],
        ['token_used', made?.id, '192.0.2.1'],
        ['token_added', made?.id, 'command line'],
      ]);
    });
  });
}
