import { expect } from 'chai';
import { createTokens } from '../../src/auth/tokens.js';
import { auditStore, tokenStore, tokensIn } from '../../src/serve/access.js';
import { clickState } from '../../src/serve/pbx.js';
import { saveClick } from '../../src/store/clicks.js';
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

    it('tells what became of a click to who clicked, and to who may see all, and to nobody else', async () => {
      const { db } = database;
      const state = { state: 'failed', result: '', error: 'Your phone was not answered.', changedAt: 1 } as const;
      const click = { id: 'c-1', userId: 7, login: 'lola', verb: 'call', operator: '112', target: '+998005550142' };
      await saveClick(db, { ...click, ...state, sentAt: 1, deadlineAt: 2 });
      for (const [id, role, sees] of [
        [7, 'operator', true],
        [8, 'operator', false],
        [8, 'supervisor', true],
        [8, 'administrator', true],
      ] as const)
        expect((await clickState(db, 'c-1', { id, role }))?.text ?? null, `${id} ${role}`).to.equal(
          sees ? state.error : null,
        );
      expect(await clickState(db, 'c-2', { id: 7, role: 'administrator' })).to.equal(null);
    });
  });
}
