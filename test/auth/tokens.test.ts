import { expect } from 'chai';
import { createTokens, newToken, type Scope, scopesOf } from '../../src/auth/tokens.js';
import type { Role } from '../../src/auth/users.js';
import { type MemoryStores, memoryStores } from './stores.js';

const NOW = 1_763_676_543_000;

describe('API tokens', () => {
  let stores: MemoryStores;
  let now = NOW;
  beforeEach(() => {
    stores = memoryStores();
    now = NOW;
  });

  async function made(role: Role, scopes: Scope[]) {
    await stores.users.createUser({ login: 'bot', name: 'Bot', role, operator: '101', passwordHash: 'h' }, NOW);
    const { id, text, secretHash } = newToken();
    const times = { createdAt: NOW, expiresAt: NOW + 86_400_000, usedAt: null };
    stores.rows.tokens.set(id, { ...{ id, secretHash, userId: 1, name: 'wall', scopes, usedFrom: '' }, ...times });
    const { users, tokens, audit } = stores;
    return { id, text, find: createTokens({ users, tokens, audit, now: () => now }).find };
  }

  it('open what their scopes and the role of their user both allow', async () => {
    const { text, find, id } = await made('operator', ['live:read', 'click:call']);
    expect(await find(text, '192.0.2.1')).to.deep.include({ token: id, name: 'wall', scopes: ['click:call'] });
  });

  it('are kept as a hash', async () => {
    const { text } = await made('supervisor', ['live:read']);
    const secret = text.split('_').at(-1) ?? '';
    expect(JSON.stringify([...stores.rows.tokens])).not.to.include(secret);
  });

  it('with another secret, of nobody, or in no form open nothing', async () => {
    const { text, find, id } = await made('supervisor', ['live:read']);
    const wrong = [
      `${text}x`,
      text.slice(0, -1),
      newToken().text,
      `dialhook_${id}_${'A'.repeat(43)}`,
      '',
      'x'.repeat(10_000),
    ];
    for (const one of wrong) expect(await find(one, '192.0.2.1')).to.equal(null);
  });

  it('end with their time and with their user, within seconds', async () => {
    const { text, find } = await made('supervisor', ['live:read']);
    expect(await find(text, '192.0.2.1')).not.to.equal(null);
    Object.assign(stores.rows.users[0] ?? {}, { disabled: true });
    now += 5000;
    expect(await find(text, '192.0.2.1')).to.equal(null);
    Object.assign(stores.rows.users[0] ?? {}, { disabled: false });
    expect(await find(text, '192.0.2.1')).not.to.equal(null);
    now += 86_400_000;
    expect(await find(text, '192.0.2.1')).to.equal(null);
    const refused = stores.rows.audit.filter((row) => row.kind === 'token_refused').map((row) => row.detail);
    expect(refused).to.deep.equal(['its user is disabled or gone', 'its time is over']);
  });

  it('tell the audit where they are used from, once a place', async () => {
    const { text, find, id } = await made('supervisor', ['live:read']);
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.2']) await find(text, address);
    const used = stores.rows.audit.map(({ kind, target, detail, address }) => [kind, target, detail, address]);
    expect(used).to.deep.equal([
      ['token_used', id, 'for the first time', '192.0.2.1'],
      ['token_used', id, 'new address', '192.0.2.2'],
    ]);
  });

  it('have known scopes only', () => {
    expect(scopesOf(['calls:read', 'live:read'])).to.deep.equal(['live:read', 'calls:read']);
    for (const none of [[], ['live:write'], ['live:read', 'x']]) expect(scopesOf(none)).to.equal(null);
  });
});
