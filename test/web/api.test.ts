import { expect } from 'chai';
import type { Scope } from '../../src/auth/tokens.js';
import type { CallLine } from '../../src/web/deps.js';
import { Client, type Served, serve, tokenFor } from './serve.js';

const NOW = Date.now();
const line = (n: number): CallLine => ({
  ...{ call: `pbx1-${n}.1`, pbx: 'pbx1', direction: 'in', from: '+998001234567', name: 'Aziza', to: '5551000' },
  ...{
    operator: '',
    startedAt: NOW - n * 1000,
    answeredAt: null,
    endedAt: NOW,
    wait: 0,
    talk: 0,
    outcome: 'abandoned',
  },
});

describe('the API', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });
  afterEach(() => served.close());

  const ask = async (login: string, scopes: Scope[], path: string, init: RequestInit = {}) => {
    const headers = { Authorization: `Bearer ${tokenFor(served, login, scopes)}`, ...init.headers };
    const answer = await new Client(served.base).ask(path, { ...init, headers });
    return { answer, status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const call = (to: unknown, login = 'lola', type = 'application/json') =>
    ask(login, ['click:call'], '/api/v1/calls', {
      method: 'POST',
      body: JSON.stringify({ to }),
      headers: { 'Content-Type': type },
    });

  it('tells the moment, with its age, without channels; numbers as the user may see them', async () => {
    const { body } = await ask('sabir', ['live:read'], '/api/v1/live');
    expect(body).to.include({ state: 'fine', pbx: 'up' }).and.to.have.property('dataAt');
    const text = JSON.stringify(body['live']);
    expect(text).to.include('"queues":[{').and.not.include('"channel"').and.not.include('PJSIP/');
    expect(text).to.include('•');
    const whole = await ask('admin', ['live:read'], '/api/v1/live');
    expect(JSON.stringify(whole.body)).not.to.include('•');
    served.snapshot = null;
    expect(await ask('sabir', ['live:read'], '/api/v1/live')).to.deep.include({ status: 503 });
  });

  it('lists calls page by page, none twice and none left out', async () => {
    served.calls = Array.from({ length: 25 }, (_, n) => line(n));
    const seen: unknown[] = [];
    let next: unknown = '';
    for (let pages = 0; next !== null && pages < 9; pages++) {
      const { body } = await ask('sabir', ['calls:read'], `/api/v1/calls?limit=10&cursor=${String(next)}`);
      seen.push(...(body['calls'] as CallLine[]).map((one) => one.call));
      next = body['next'];
    }
    expect(seen).to.deep.equal(served.calls.map((one) => one.call));
  });

  it('tells one call whole, without its channels', async () => {
    const { body } = await ask('sabir', ['calls:read'], '/api/v1/calls/pbx1-1');
    expect(body).to.include({ id: 'pbx1-1' }).and.to.have.property('legs');
    expect(JSON.stringify(body)).not.to.include('"channel"');
    expect(await ask('sabir', ['calls:read'], '/api/v1/calls/gone')).to.deep.include({ status: 404 });
  });

  it('says what it does not understand', async () => {
    for (const query of [
      'limit=0',
      'limit=501',
      'limit=x',
      'limit=1&limit=2',
      'since=yesterday',
      'until=2026-01-31',
      'cursor=x',
      'since=-1',
    ])
      expect(await ask('sabir', ['calls:read'], `/api/v1/calls?${query}`), query).to.deep.include({ status: 400 });
  });

  it('calls from the phone of its user, as the button does, and writes it down', async () => {
    const { status, body } = await call('+998 (00) 555-01-42');
    expect([status, body['state']]).to.deep.equal([202, 'sent']);
    expect(served.clicks).to.deep.equal([
      { verb: 'call', args: { operator: '112', to: '+998005550142' }, login: 'lola' },
    ]);
    const [, row] = served.stores.rows.audit;
    expect(row).to.include({ kind: 'click', login: 'lola', target: 'call +998 (00) 555-01-42' });
    expect(row?.detail).to.match(/^sent · pbx1-click-1 · token [0-9a-f]{12}$/);
    const state = await ask('lola', ['click:call'], '/api/v1/clicks/pbx1-click-1');
    expect(state.body).to.include({ state: 'confirmed' });
  });

  it('refuses what is no number, no JSON, or too much, and a user without a phone', async () => {
    for (const to of ['1\r\nApplication: System', { x: 1 }, ['1'], '', null, '1'.repeat(3000)])
      expect(await call(to)).to.deep.include({ status: 400 });
    expect(await call('1'.repeat(5000))).to.deep.include({ status: 413 });
    expect(await call('5550142', 'lola', 'application/x-www-form-urlencoded')).to.deep.include({ status: 400 });
    expect(await call('5550142', 'sabir')).to.deep.include({ status: 403 });
    expect(served.clicks).to.deep.equal([]);
    const details = served.stores.rows.audit.filter((row) => row.kind === 'click').map((row) => row.detail);
    expect(details.length).to.be.greaterThan(6);
    for (const detail of details) expect(detail).to.match(/^refused: /);
  });

  it('takes no cookie, no token in the address, and no other scheme', async () => {
    const token = tokenFor(served, 'sabir', ['live:read']);
    const client = new Client(served.base);
    await client.signIn('sabir');
    const wrong: [string, Record<string, string>][] = [
      ['/api/v1/live', {}],
      [`/api/v1/live?token=${token}`, {}],
      ['/api/v1/live', { Authorization: `Basic ${btoa(`x:${token}`)}` }],
      ['/api/v1/live', { Authorization: `Bearer ${token} ${token}` }],
      ['/api/v1/live', { Authorization: token }],
    ];
    for (const [path, headers] of wrong) expect((await client.ask(path, { headers })).status).to.equal(401);
  });

  it('bounds how often a token asks, each for itself', async () => {
    const one = { Authorization: `Bearer ${tokenFor(served, 'sabir', ['live:read'])}` };
    const client = new Client(served.base);
    const seen = await Promise.all(Array.from({ length: 125 }, () => client.ask('/api/v1/live', { headers: one })));
    expect(seen.filter((answer) => answer.status === 429)).to.have.length(5);
    expect(seen.find((answer) => answer.status === 429)?.headers.get('retry-after')).to.match(/^\d+$/);
    expect(await ask('sabir', ['live:read'], '/api/v1/live')).to.deep.include({ status: 200 });
  });

  it('bounds those without a right token', async () => {
    const client = new Client(served.base);
    const statuses: number[] = [];
    for (let i = 0; i < 102; i++) statuses.push((await client.ask('/api/v1/live')).status);
    expect(statuses.slice(99)).to.deep.equal([401, 429, 429]);
  });
});
