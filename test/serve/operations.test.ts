// Health and metrics by themselves: who may read, what is cached, how figures are written.
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { AmiError } from '../../src/ami/index.js';
import { BOUNDS, hookTimes } from '../../src/serve/hook-times.js';
import { bucketsOf, exposition, one } from '../../src/serve/operations/exposition.js';
import { type Checks, HELD_MS, health } from '../../src/serve/operations/health.js';
import { requestTimes } from '../../src/serve/operations/request-times.js';
import { type Answers, beforePages } from '../../src/serve/operations/requests.js';
import { createTally } from '../../src/serve/operations/tally.js';

describe('operations: health', () => {
  it('says what is wrong, check by check', async () => {
    const checks: Checks = {
      main: () => true,
      journal: async () => 'the disk is full',
      tables: () => Promise.reject(),
    };
    expect(await health(checks)()).to.deep.equal({
      ok: false,
      checks: {
        main: { ok: true },
        journal: { ok: false, text: 'the disk is full' },
        tables: { ok: false, text: 'it can not be found out' },
      },
    });
  });

  it('asks once a second at most, and again after it', async () => {
    const check = sinon.fake.returns<[], true>(true);
    let now = 5000;
    const ask = health({ check }, () => now);
    for (let i = 0; i < 100; i += 1) await ask();
    expect(check.callCount).to.equal(1);
    now += HELD_MS;
    await ask();
    expect(check.callCount).to.equal(2);
    // A clock that was put back does not hold an old answer for ever.
    now -= 3_600_000;
    await ask();
    expect(check.callCount).to.equal(3);
  });

  it('does not wait for what hangs', async () => {
    const clock = sinon.useFakeTimers();
    try {
      const asked = health({ database: () => new Promise(() => undefined) })();
      await clock.tickAsync(1000);
      expect((await asked).checks['database']?.text).to.equal('no answer within 1000 ms');
    } finally {
      clock.restore();
    }
  });
});

describe('operations: figures', () => {
  it('writes them as Prometheus reads them, and leaves out what is not known', () => {
    const samples = [{ value: 2, labels: { path: '/a"b\\c\nd' } }];
    const text = exposition([
      one('gauge', 'known', 'A figure.', 0),
      one('gauge', 'unknown', 'Nobody knows.', null),
      { name: 'labelled', type: 'counter', help: 'With a label.', samples },
    ]);
    expect(text).to.equal(
      [
        '# HELP known A figure.',
        '# TYPE known gauge',
        'known 0',
        '',
        '# HELP labelled With a label.',
        '# TYPE labelled counter',
        'labelled{path="/a\\"b\\\\c\\nd"} 2',
        '',
      ].join('\n'),
    );
  });

  it('counts every session of a hook in one class, and adds them up', () => {
    const times = hookTimes();
    for (const ms of [0.4, 0.5, 0.6, 49, 50, 51, 60_000]) times.add('/event', ms);
    const all = times.all()['/event'] ?? { counts: [], sum: 0 };
    const buckets = bucketsOf({ path: '/event' }, BOUNDS, all);
    const upTo = (le: string) => buckets.find((b) => b.labels?.['le'] === le)?.value;
    expect([upTo('0.0005'), upTo('0.001'), upTo('0.05'), upTo('0.1'), upTo('5'), upTo('+Inf')]).to.deep.equal([
      ...[2, 3, 5, 6, 6, 7],
    ]);
    expect(buckets.at(-1)).to.deep.equal({ suffix: '_count', labels: { path: '/event' }, value: 7 });
    expect(buckets.at(-2)?.value).to.be.closeTo(60.1515, 0.0001);
  });

  it('times the actions of the manager interface by how they ended', async () => {
    const tally = createTally();
    const listeners: (() => void)[] = [];
    const ami = {
      state: () => ({ up: true, since: 0, error: null }),
      action: (name: string) =>
        name === 'Originate' ? Promise.reject(new AmiError('refused', 'no')) : Promise.resolve(new Map()),
      list: () => Promise.resolve([]),
      on: (_event: string, listener: () => void) => {
        listeners.push(listener);
        return () => undefined;
      },
      close: () => Promise.resolve(),
    } as unknown as Parameters<typeof tally.watched>[0];
    const watched = tally.watched(ami);
    for (const up of [...listeners, ...listeners]) up();
    await watched.action('Ping');
    await watched.list('QueueStatus', {}, { complete: 'QueueStatusComplete' });
    const refused = await watched.action('Originate').catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(AmiError);
    const text = await tally.text();
    expect(text).to.contain('dialhook_ami_action_seconds_count{action="Ping",outcome="ok"} 1');
    expect(text).to.contain('dialhook_ami_action_seconds_count{action="Originate",outcome="refused"} 1');
    expect(tally.amiLogins()).to.equal(2);
    tally.end();
  });
});

describe('operations: times of the pages', () => {
  it('are counted by route and status, each in one class, and told as Prometheus adds them up', () => {
    const times = requestTimes();
    expect(exposition([times.family()])).to.equal('');
    for (const seconds of [0.001, 0.0011, 0.2, 9]) times.add('/calls/:id', 200, seconds);
    times.add('/calls/:id', 304, 0.0004);
    const text = exposition([times.family()]);
    const at = (le: string, status = '200') =>
      new RegExp(`_bucket{route="/calls/:id",status="${status}",le="${le.replace('+', '\\+')}"} (\\d+)`).exec(
        text,
      )?.[1];
    expect(['0.001', '0.0025', '0.1', '0.25', '5', '+Inf'].map((le) => at(le))).to.deep.equal([
      ...['1', '2', '2', '3', '3', '4'],
    ]);
    expect(at('0.001', '304')).to.equal('1');
    expect(text).to.include('# TYPE dialhook_web_request_seconds histogram');
    expect(text).to.match(/_count{route="\/calls\/:id",status="200"} 4/);
  });
});

describe('operations: requests', () => {
  let server: Server | null = null;
  const requests: [string, number][] = [];
  const answers: Answers = {
    live: health({ main: () => true }),
    ready: health({ tables: () => 'away' }),
    metrics: async () => 'dialhook_up 1\n',
    metricsFrom: ['127.0.0.0/8'],
    metricsToken: 'correct horse',
    request: (route, status) => requests.push([route, status]),
    apart: false,
  };
  const start = async (some: Partial<Answers> = {}, pages = true): Promise<number> => {
    const listener = beforePages(
      { ...answers, ...some },
      pages
        ? (_req, res) => {
            Object.assign(res, { locals: { route: '/calls/:id' } });
            res.end('a page');
          }
        : null,
    );
    const made = createServer(listener).listen(0, '127.0.0.1');
    server = made;
    await new Promise((resolve) => made.once('listening', resolve));
    return (made.address() as AddressInfo).port;
  };
  const ask = (port: number, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; body: string; headers: IncomingMessage['headers'] }>((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, headers, method, agent: false }, (res) => {
        let body = '';
        res.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body, headers: res.headers }));
      });
      request.on('error', reject);
    });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    requests.length = 0;
  });

  it('answers health to everybody, with 200 and 503, and keeps nothing', async () => {
    const port = await start();
    const [live, ready] = [await ask(port, '/health/live'), await ask(port, '/health/ready?x=1')];
    expect([live.status, JSON.parse(live.body)]).to.deep.equal([200, { ok: true, checks: { main: { ok: true } } }]);
    expect([ready.status, JSON.parse(ready.body).checks.tables.text]).to.deep.equal([503, 'away']);
    expect(live.headers['cache-control']).to.equal('no-store');
    const head = await ask(port, '/health/live', {}, 'HEAD');
    expect([head.status, head.body]).to.deep.equal([200, '']);
    expect((await ask(port, '/health/live', {}, 'POST')).status).to.equal(405);
  });

  it('gives the metrics to this host, and through a proxy only for the token', async () => {
    const port = await start();
    expect((await ask(port, '/metrics')).status).to.equal(200);
    for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Via'])
      expect((await ask(port, '/metrics', { [name]: '127.0.0.1' })).status, name).to.equal(403);
    const with_ = (authorization: string) => ask(port, '/metrics', { authorization, 'X-Forwarded-For': '192.0.2.7' });
    expect((await with_('Bearer correct horse')).status).to.equal(200);
    for (const wrong of ['Bearer correct hors', 'correct horse', 'Bearer ', 'Basic correct horse'])
      expect((await with_(wrong)).status, wrong).to.equal(403);
  });

  it('gives the metrics to nobody without a token where none is set', async () => {
    const port = await start({ metricsFrom: [], metricsToken: '' });
    for (const authorization of ['', 'Bearer ', 'Bearer undefined'])
      expect((await ask(port, '/metrics', { authorization })).status, authorization).to.equal(403);
  });

  it('counts requests by the pattern of their route', async () => {
    const port = await start();
    expect((await ask(port, '/calls/pbx1-1700000000.1')).body).to.equal('a page');
    await ask(port, '/health/live');
    expect(requests).to.deep.equal([['/calls/:id', 200]]);
  });

  it('leaves the end of an answer to node alone, and counts no answer that nobody waited for', async () => {
    let heard = 0;
    let closed: Promise<unknown> = Promise.resolve();
    const made = createServer(
      beforePages(answers, (req, res) => {
        heard = res.listenerCount('finish');
        closed = new Promise((resolve) => res.once('close', resolve));
        req.socket.destroy();
      }),
    ).listen(0, '127.0.0.1');
    server = made;
    await new Promise((resolve) => made.once('listening', resolve));
    await ask((made.address() as AddressInfo).port, '/monitor').catch(() => undefined);
    await closed;
    // Node's own: a second one keeps every request in memory until the next full collection.
    expect(heard).to.equal(1);
    expect(requests).to.deep.equal([]);
  });

  it('shows the metrics at their own port only, when they have one', async () => {
    const port = await start({ apart: true });
    expect((await ask(port, '/metrics')).body).to.equal('a page');
    server?.close();
    const own = await start({ apart: true }, false);
    expect((await ask(own, '/metrics')).body).to.equal('dialhook_up 1\n');
    expect((await ask(own, '/monitor')).status).to.equal(404);
  });
});
