import { expect } from 'chai';
import { PASSWORD } from './fake.js';
import { Client, type Served, serve, signedIn } from './serve.js';

describe('the login page', () => {
  let served: Served;
  let client: Client;
  beforeEach(async () => {
    served = await serve();
    client = new Client(served.base);
  });
  afterEach(() => served.close());
  const cookieLine = (answer: Response) =>
    answer.headers.getSetCookie().find((line) => line.startsWith('dialhook=')) ?? '';

  it('lets people in to where they work, or where they wanted to go', async () => {
    const goes = async (login: string, next: string) => {
      const one = new Client(served.base);
      const answer = await one.post('/login', { login, password: PASSWORD, next, _token: await one.token('/login') });
      return answer.headers.get('location');
    };
    expect(await goes('lola', '')).to.equal('/workstation');
    expect(await goes('sabir', '')).to.equal('/monitor');
    expect(await goes('sabir', '/workstation')).to.equal('/workstation');
    expect(await goes('lola', '/monitor')).to.equal('/workstation');
    expect(await goes('lola', '/calls/pbx1-1763000000.1%23x')).to.equal('/calls/pbx1-1763000000.1%23x');
    for (const evil of [
      '//evil.example.org',
      'https://evil.example.org',
      '/calls//evil.example.org',
      '/calls/x?y',
      '/\\evil.example.org',
      'javascript:alert(1)',
    ]) {
      expect(await goes('sabir', evil)).to.equal('/monitor');
    }
  });

  it('gives a cookie that scripts and other sites do not get', async () => {
    const line = cookieLine(await client.signIn('lola'));
    expect(line).to.match(/^dialhook=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('gives a secure cookie when users come by https', async () => {
    const safe = await serve((stand) => Object.assign(stand.deps.config, { webOrigin: 'https://calls.example.org' }));
    try {
      const answer = await new Client(safe.base).signIn('lola');
      const line = answer.headers.getSetCookie().find((one) => one.startsWith('__Host-dialhook=')) ?? '';
      expect(line).to.include('Secure').and.include('HttpOnly').and.include('SameSite=Lax').and.include('Path=/');
      expect(answer.headers.get('strict-transport-security')).to.include('max-age');
    } finally {
      await safe.close();
    }
  });

  it('gives a new session each time, and ends the one before', async () => {
    await client.signIn('lola');
    const before = client.cookies.get('dialhook') ?? '';
    const token = await client.token('/workstation');
    await client.post('/login', { login: 'irina', password: PASSWORD, _token: token });
    expect(client.cookies.get('dialhook')).not.to.equal(before);
    const old = new Client(served.base);
    old.cookies.set('dialhook', before);
    expect((await old.ask('/workstation/live')).status).to.equal(401);
  });

  it('says the same for a wrong login and a wrong password, and keeps the login typed', async () => {
    const tried = async (login: string, password: string) => {
      const one = new Client(served.base);
      const answer = await one.post('/login', { login, password, _token: await one.token('/login') });
      expect(answer.status).to.equal(401);
      return (await answer.text()).replaceAll(login, 'X').replace(/_token" value="[^"]*"|data-now="\d+"/g, '');
    };
    expect(await tried('nobody', 'wrong password')).to.equal(await tried('lola', 'wrong password'));
    const html = await (
      await client.post('/login', { login: '"><b>', password: 'x', _token: await client.token('/login') })
    ).text();
    expect(html).to.include('value="&quot;&gt;&lt;b&gt;"').and.include('Login or password is wrong');
  });

  it('takes one value of each field only', async () => {
    const token = await client.token('/login');
    const send = (body: string) =>
      client.ask('/login', {
        method: 'POST',
        body: `_token=${token}&${body}`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      });
    const password = encodeURIComponent(PASSWORD);
    expect((await send(`login=lola&login=admin&password=${password}`)).status).to.equal(401);
    expect((await send(`login[$ne]=x&password=${password}`)).status).to.equal(401);
    expect((await send(`login=lola&password[]=${password}`)).status).to.equal(401);
    const json = await client.ask('/login', {
      ...{ method: 'POST', body: JSON.stringify({ login: 'lola', password: PASSWORD, _token: token }) },
      headers: { 'Content-Type': 'application/json' },
    });
    expect(json.status).to.equal(403);
  });

  it('refuses a form from elsewhere, before it looks at the password', async () => {
    const token = await client.token('/login');
    const fields = { login: 'lola', password: PASSWORD, _token: token };
    const asked = served.stores.asked;
    expect((await client.post('/login', fields, { 'Sec-Fetch-Site': 'cross-site' })).status).to.equal(403);
    expect((await client.post('/login', fields, { Origin: 'https://evil.example.org' })).status).to.equal(403);
    expect((await client.post('/login', { ...fields, _token: '' })).status).to.equal(403);
    expect((await new Client(served.base).post('/login', fields)).status).to.equal(403);
    expect(served.stores.asked).to.equal(asked);
    expect(
      (await client.post('/login', fields, { 'Sec-Fetch-Site': 'same-origin', Origin: served.base })).status,
    ).to.equal(303);
  });

  it('slows down who guesses a login, and nobody else', async () => {
    const token = await client.token('/login');
    const guess = (login: string) => client.post('/login', { login, password: 'wrong password', _token: token });
    const seen: number[] = [];
    for (let i = 0; i < 10; i++) seen.push((await guess('lola')).status);
    expect(seen).to.deep.equal([...Array.from({ length: 6 }, () => 401), 429, 429, 429, 429]);
    expect((await guess('LOLA ')).status).to.equal(429);
    const shut = await client.post('/login', { login: 'lola', password: PASSWORD, _token: token });
    expect(shut.status).to.equal(429);
    expect(await shut.text()).to.match(/The next one is possible in [12] s/);
    expect(shut.headers.get('retry-after')).to.match(/^[12]$/);
    expect((await new Client(served.base).signIn('irina')).status).to.equal(303);
  }).timeout(10_000);

  it('writes down once a minute and not each time that somebody tries too soon', async () => {
    const token = await client.token('/login');
    const guess = (login: string) => client.post('/login', { login, password: 'wrong password', _token: token });
    for (let i = 0; i < 20; i++) await guess('lola');
    const told = () => served.stores.rows.audit.filter((row) => row.kind === 'login_throttled');
    expect(told()).to.have.length(1);
    // Each login by itself, and all that are none together: they are as many as one likes.
    for (let i = 0; i < 8; i++) await guess('irina');
    for (let i = 0; i < 8; i++) for (const nobody of ['nobody1', 'nobody2']) await guess(nobody);
    expect(told().map((row) => row.login)).to.deep.equal(['lola', 'irina', '']);
  }).timeout(10_000);

  it('is passed by those who are in', async () => {
    const lola = await signedIn(served.base, 'lola');
    const answer = await lola.ask('/login');
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([302, '/workstation']);
  });
});
