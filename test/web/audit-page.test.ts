import { expect } from 'chai';
import type { AuditLine } from '../../src/auth/audit.js';
import { PASSWORD } from './fake.js';
import { Client, type Served, serve, signedIn } from './serve.js';

const line = (more: Partial<AuditLine>): AuditLine => ({
  ...{
    at: Date.UTC(2026, 0, 15, 8),
    userId: 1,
    login: 'lola',
    kind: 'click',
    target: '',
    detail: '',
    address: '192.0.2.1',
  },
  ...more,
});

describe('the audit', () => {
  let served: Served;
  let admin: Client;
  beforeEach(async () => {
    served = await serve();
    admin = await signedIn(served.base, 'admin');
    served.stores.rows.audit.length = 0;
  });
  afterEach(() => served.close());
  const rows = async (query: string) => {
    const html = await (await admin.ask(`/audit?${query}`)).text();
    return [...html.matchAll(/<td class="cell">([^<]*)<\/td>/g)].map((match) => match[1]);
  };

  it('holds logins, failures and clicks; of an unknown login not what was typed', async () => {
    const client = new Client(served.base);
    await client.signIn('lola', 'wrong password');
    await client.signIn('my secret passphrase', 'oops');
    await client.signIn('lola');
    const token = await client.token('/workstation');
    await client.post('/click', { _token: token, verb: 'pause', operator: '112', reason: 'lunch' });
    await client.post('/click', { _token: token, verb: 'pause', operator: '109', reason: 'lunch' });
    await client.post('/logout', { _token: token });
    const told = served.stores.rows.audit.map(({ kind, login, target, detail }) => [kind, login, target, detail]);
    expect(told).to.deep.equal([
      ['login_failed', 'lola', '', ''],
      ['login_failed', '', '', 'unknown login'],
      ['login', 'lola', '', ''],
      ['click', 'lola', 'pause 112 lunch', 'sent · pbx1-click-1'],
      ['click', 'lola', 'pause 109 lunch', 'refused: Only a supervisor may do that for others.'],
      ['logout', 'lola', '', ''],
    ]);
    const all = JSON.stringify([served.stores.rows.audit, served.logged]);
    for (const secret of [
      'my secret',
      PASSWORD,
      'wrong password',
      'oops',
      client.cookies.get('dialhook') ?? 'x'.repeat(9),
    ])
      expect(all).not.to.include(secret);
  });

  it('is filtered by login, kind and day of the centre', async () => {
    const { audit } = served.stores;
    // 2026-01-15 in Tashkent (+05:00) begins at 19:00 UTC of the 14th.
    await audit.note(line({ target: 'a', at: Date.UTC(2026, 0, 14, 18, 59) }));
    await audit.note(line({ target: 'b', at: Date.UTC(2026, 0, 14, 19) }));
    await audit.note(line({ target: 'c', at: Date.UTC(2026, 0, 15, 18, 59), login: 'sabir', kind: 'login' }));
    await audit.note(line({ target: 'd', at: Date.UTC(2026, 0, 15, 19) }));
    expect(await rows('')).to.deep.equal(['d', 'c', 'b', 'a']);
    expect(await rows('from=2026-01-15&to=2026-01-15')).to.deep.equal(['c', 'b']);
    expect(await rows('login=SABIR')).to.deep.equal(['c']);
    expect(await rows('kind=login')).to.deep.equal(['c']);
    expect(await rows('kind=nonsense&from=31.01.2026&before=x&login=lola')).to.deep.equal(['d', 'b', 'a']);
  });

  it('goes on page by page, and keeps the choice', async () => {
    for (let i = 0; i < 250; i++) await served.stores.audit.note(line({ target: `t${i}` }));
    const seen: (string | undefined)[] = [];
    let path: string | undefined = '/audit?login=lola';
    for (let pages = 0; path !== undefined && pages < 9; pages++) {
      const html: string = await (await admin.ask(path)).text();
      seen.push(...[...html.matchAll(/<td class="cell">(t\d+)<\/td>/g)].map((match) => match[1]));
      path = /<a href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    }
    expect(seen).to.deep.equal(Array.from({ length: 250 }, (_, i) => `t${249 - i}`));
  });

  it('stops nobody when it can not be written, and says so in the log', async () => {
    served.deps.audit.note = async () => {
      throw new Error('no disk');
    };
    expect((await new Client(served.base).signIn('lola')).status).to.equal(303);
    expect(served.logged.map((one) => one.text)).to.include('the audit could not be written');
  });
});
