import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { WebDeps } from '../../src/web/deps.js';
import { createPages, createWeb } from '../../src/web/web.js';
import { busyDay, emptyDay } from './fixtures.js';
import { type Client, type Served, serve, signedIn } from './serve.js';

/** The bytes as they travel: fetch would unzip them. */
function raw(base: string, path: string, headers: Record<string, string>): Promise<{ body: Buffer; encoding: string }> {
  return new Promise((resolve, reject) => {
    request(`${base}${path}`, { headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({ body: Buffer.concat(parts), encoding: answer.headers['content-encoding'] ?? '' }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** The pages on a server of their own, which counts what went the long way, through express. */
async function listening(deps: WebDeps): Promise<{ base: string; long(): number; close(): void }> {
  const { app, answer } = createPages(deps);
  let long = 0;
  // What an application of express does first, which its types do not tell of.
  const inside = app as unknown as { handle(...all: unknown[]): void };
  const handle = inside.handle.bind(inside);
  inside.handle = (...all) => {
    long++;
    handle(...all);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    long: () => long,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('the refresh', () => {
  let served: Served;
  let sabir: Client;
  let lola: Client;
  beforeEach(async () => {
    served = await serve();
    [sabir, lola] = [await signedIn(served.base, 'sabir'), await signedIn(served.base, 'lola')];
  });
  afterEach(() => served.close());

  it('costs nothing when nothing changed: 304 and no body', async () => {
    for (const [client, path] of [
      [sabir, '/monitor/live'],
      [lola, '/workstation/live'],
      [lola, '/colleagues/live'],
    ] as const) {
      const first = await client.ask(path);
      const etag = first.headers.get('etag') ?? '';
      expect(etag).to.match(/^W\/"[\w-]{22}"$/);
      const again = await client.ask(path, { headers: { 'If-None-Match': etag } });
      expect([again.status, await again.text()], path).to.deep.equal([304, '']);
      expect(Number(again.headers.get('dialhook-at'))).to.equal(served.snapshot?.at);
      expect((await client.ask(path, { headers: { 'If-None-Match': 'W/"other"' } })).status).to.equal(200);
    }
  });

  it('gives the same version for a later snapshot that says the same, and another when something changed', async () => {
    const at = served.snapshot?.at ?? 0;
    const version = async () => (await sabir.ask('/monitor/live')).headers.get('etag');
    const first = await version();
    served.snapshot = { ...busyDay(at), at: at + 1_000 };
    expect(await version()).to.equal(first);
    const changed = busyDay(at);
    served.snapshot = { ...changed, waiting: changed.waiting.slice(1) };
    expect(await version()).not.to.equal(first);
  });

  it('is the same from the short way before express as from express itself', async () => {
    const plain = createServer(createWeb(served.deps));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    try {
      const base = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
      for (const path of ['/monitor/live', '/colleagues/live', '/workstation/live']) {
        const Cookie = [...sabir.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
        // The second time the session is known.
        for (let i = 0; i < 2; i++) await sabir.ask(path);
        const [short, long] = await Promise.all([sabir.ask(path), fetch(`${base}${path}`, { headers: { Cookie } })]);
        const told = (answer: Response) => [...answer.headers].filter(([name]) => !/^(date|dialhook-now)$/.test(name));
        expect(told(short), path).to.deep.equal(told(long));
        expect(await short.text(), path).to.equal(await long.text());
      }
    } finally {
      plain.close();
      plain.closeAllConnections();
    }
  });

  it('takes the short way whatever is said of proxies, and finds the cookie by the scheme that the proxy tells', async () => {
    for (const [webTrustProxy, scheme] of [
      [0, ''],
      [['loopback'], ''],
      [['loopback'], 'https'],
      [1, 'http, https'],
      // Who is not believed changes nothing.
      [['203.0.113.9'], 'https'],
    ] as const) {
      Object.assign(served.deps.config, { webTrustProxy, webOrigin: '' });
      const pages = await listening(served.deps);
      try {
        const base = `${pages.base}/monitor/live`;
        const believed = webTrustProxy !== 0 && !String(webTrustProxy).startsWith('203');
        const name = believed && scheme === 'https' ? '__Host-dialhook' : 'dialhook';
        const headers = { Cookie: `${name}=${sabir.cookies.get('dialhook')}`, 'X-Forwarded-Proto': scheme };
        for (let i = 0; i < 3; i++) expect((await fetch(base, { headers })).status, `${webTrustProxy}`).to.equal(200);
        expect(pages.long(), `${webTrustProxy} ${scheme}`).to.equal(1);
        const other = { ...headers, Cookie: headers.Cookie.replace(/^__Host-|^/, (p) => (p === '' ? '__Host-' : '')) };
        expect((await fetch(base, { headers: other })).status).to.equal(401);
      } finally {
        pages.close();
      }
    }
  });

  it('looks those who ask late up on the short way too, and lets in no one whose session has ended', async () => {
    let now = Date.now();
    const pages = await listening({ ...served.deps, now: () => now });
    try {
      const base = `${pages.base}/monitor/live`;
      const ask = async () =>
        (await fetch(base, { headers: { Cookie: `dialhook=${sabir.cookies.get('dialhook')}` } })).status;
      expect([await ask(), pages.long()]).to.deep.equal([200, 1]);
      for (let i = 0; i < 3; i++) {
        now += 7_000;
        expect([await ask(), pages.long()], 'who was in').to.deep.equal([200, 1]);
      }
      now += 7_000;
      const row = served.stores.rows.users.find((user) => user.login === 'sabir');
      Object.assign(row ?? {}, { role: 'operator' });
      expect(await ask(), 'another role').to.equal(403);
      Object.assign(row ?? {}, { role: 'supervisor' });
      now += 7_000;
      expect(await ask()).to.equal(200);
      served.stores.rows.sessions.clear();
      now += 7_000;
      expect(await ask(), 'ended elsewhere').to.equal(401);
      expect(await ask(), 'and again').to.equal(401);
    } finally {
      pages.close();
    }
  });

  it('lets nobody in who may not, however often they ask, nor who has left', async () => {
    for (let i = 0; i < 3; i++) expect((await lola.ask('/monitor/live')).status).to.equal(403);
    for (let i = 0; i < 2; i++) expect((await sabir.ask('/monitor/live')).status).to.equal(200);
    const cookie = sabir.cookies.get('dialhook') ?? '';
    await sabir.post('/logout', { _token: await sabir.token('/monitor') });
    const left = await fetch(`${served.base}/monitor/live`, { headers: { Cookie: `dialhook=${cookie}` } });
    expect(left.status).to.equal(401);
  });

  it('travels zipped when the browser can read it', async () => {
    const cookie = [...sabir.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const plain = await raw(served.base, '/monitor/live', { cookie });
    const zipped = await raw(served.base, '/monitor/live', { cookie, 'accept-encoding': 'gzip, br' });
    expect([plain.encoding, zipped.encoding]).to.deep.equal(['', 'gzip']);
    expect(gunzipSync(zipped.body).equals(plain.body)).to.equal(true);
    expect(zipped.body.length).to.be.lessThan(plain.body.length / 4);
  });

  it('is rendered once a snapshot, however many watch', async () => {
    const bodies = await Promise.all(
      Array.from({ length: 20 }, async () => (await sabir.ask('/monitor/live')).headers.get('etag')),
    );
    expect(new Set(bodies).size).to.equal(1);
    let reads = 0;
    const { current } = served.deps.snapshots;
    const snapshot = served.snapshot;
    if (snapshot === null) throw new Error('no snapshot');
    served.snapshot = new Proxy(
      { ...snapshot },
      {
        get(target, key) {
          if (key === 'ticker') reads++;
          return Reflect.get(target, key);
        },
      },
    );
    await Promise.all(Array.from({ length: 20 }, () => sabir.ask('/monitor/live')));
    expect(reads).to.equal(1);
    expect(current()).to.equal(served.snapshot);
  });

  it('holds what a rendering without a memory of rows holds, for each who sees it differently', async () => {
    const at = served.snapshot?.at ?? 0;
    const admin = await signedIn(served.base, 'admin');
    const other = await serve((stand) => Object.assign(stand.deps.config, { viewCache: false }));
    try {
      const anew = new Map([
        [sabir, await signedIn(other.base, 'sabir')],
        [admin, await signedIn(other.base, 'admin')],
      ]);
      const text = async (client: Client) =>
        (await (await client.ask('/monitor/live')).text()).replace(/assets\/\w+/g, '');
      const busy = busyDay(at);
      const [first, ...rest] = busy.operators;
      if (first === undefined) throw new Error('the busy day has no operators');
      const renamed = { ...busy, operators: [{ ...first, name: 'Renamed <b>' }, ...rest] };
      for (const snapshot of [busy, { ...busy, calls: busy.calls.slice(1) }, renamed, busy]) {
        for (const one of [served, other]) one.snapshot = { ...snapshot };
        for (const [client, plain] of anew) expect(await text(client)).to.equal(await text(plain));
      }
    } finally {
      await other.close();
    }
  });

  it('shows no number of a caller to a supervisor in full, all of them to an administrator', async () => {
    const masked = await (await sabir.ask('/monitor/live')).text();
    const plain = await (await (await signedIn(served.base, 'admin')).ask('/monitor/live')).text();
    expect(masked).to.include('+998 00 ••• 14 07').and.not.include('123 14 07').and.not.include('998001231407');
    expect(masked).not.to.match(/555-?01\d\d/);
    expect(plain).to.include('+998 00 123 14 07').and.include('555-0142');
  });

  it('shows an operator the number of their own call in full, and of those who wait not', async () => {
    const html = await (await lola.ask('/workstation/live')).text();
    expect(html).to.include('555-0107').and.include('Orion LLC, Tashkent');
    expect(html).to.include('+998 00 ••• 14 07').and.not.include('+998 00 123 14 07');
  });

  it('sends moments, not running times, so a second changes nothing', async () => {
    const html = await (await sabir.ask('/monitor/live')).text();
    expect(html).to.match(/data-since="\d{13}"><\/span>/);
    expect(html).not.to.match(/data-since="\d{13}">[^<]/);
    expect(await (await sabir.ask('/monitor')).text()).to.match(/data-since="\d{13}">4:1\d<\/span>/);
  });

  it('says how old the data is and whose fault that is', async () => {
    const told = async () => {
      const { headers } = await sabir.ask('/monitor/live');
      return [headers.get('dialhook-why'), headers.get('dialhook-pbx'), headers.get('dialhook-at')];
    };
    const at = served.snapshot?.at ?? 0;
    expect(await told()).to.deep.equal(['fine', 'up', String(at)]);
    served.failingSince = at + 1_000;
    Object.assign(served.status, { database: { up: false }, pbx: { up: false } });
    expect(await told()).to.deep.equal(['database', 'down', String(at)]);
    served.failingSince = null;
    Object.assign(served.status, { database: { up: true }, pbx: null, journal: { lag: 9, behind: 20_000 } });
    expect(await told()).to.deep.equal(['behind', 'off', String(at - 20_000)]);
  });

  it('never shows zeros for what is not known', async () => {
    served.snapshot = null;
    const { headers } = await sabir.ask('/monitor/live');
    expect([headers.get('dialhook-why'), headers.get('dialhook-at')]).to.deep.equal(['starting', '']);
    const html = await (await sabir.ask('/monitor/live')).text();
    expect(html).to.include('No data yet').and.not.match(/>0</);
    served.snapshot = emptyDay(Date.now());
    const empty = await (await sabir.ask('/monitor/live')).text();
    expect(empty).to.include('No queues yet').and.include('Nobody is waiting').and.include('No calls just now');
    expect(empty).to.match(/Service level<\/dt><dd>—/);
  });

  it('goes on through a database that is away, for those who are in', async () => {
    await sabir.ask('/monitor/live');
    served.stores.down = true;
    expect((await sabir.ask('/monitor/live')).status).to.equal(200);
    expect((await sabir.ask('/monitor')).status).to.equal(200);
  });
});
