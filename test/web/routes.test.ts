import { expect } from 'chai';
import type { Application } from 'express';
import { atLeast, ROLES, type Role } from '../../src/auth/users.js';
import { ROUTES, type Route } from '../../src/web/routes.js';
import { createWeb } from '../../src/web/web.js';
import { Client, json, type Served, serve, signedIn } from './serve.js';

const LOGINS: Record<Role, string> = { operator: 'lola', supervisor: 'sabir', administrator: 'admin' };
const real = (route: Route) => route.path.replace(':id', 'pbx1-click-1');

/** All routes that the application really answers: path and method, as express keeps them. */
function mounted(app: Application): string[] {
  return app.router.stack.flatMap((layer) => {
    const { route } = layer;
    if (!route) return [];
    return route.stack.map((handler) => `${handler.method} ${route.path}`);
  });
}

describe('every route', () => {
  let served: Served;
  const clients = new Map<string, Client>();
  before(async () => {
    served = await serve();
    clients.set('anyone', new Client(served.base));
    for (const role of ROLES) clients.set(role, await signedIn(served.base, LOGINS[role]));
  });
  after(() => served.close());

  it('is on the list, and nothing else is mounted', () => {
    const app = createWeb(served.deps);
    expect([...new Set(mounted(app))].sort()).to.deep.equal(ROUTES.map((r) => `${r.method} ${r.path}`).sort());
    const others = app.router.stack.filter((layer) => !layer.route).map((layer) => layer.name || '(unnamed)');
    // The rest are: assets, log, headers (2), forms, nowhere, last. None of them answers with anything of ours.
    expect(others).to.have.length(7);
  });

  const send = async (client: Client, route: Route): Promise<Response> => {
    if (route.method === 'get') return client.ask(real(route), { headers: { Accept: 'text/html' } });
    // With a right token, so that only the role decides.
    const token = client === clients.get('anyone') ? await client.token('/login') : await client.token('/workstation');
    return client.post(real(route), { _token: token, verb: 'none' });
  };

  for (const route of ROUTES.filter((one) => one.path !== '/logout')) {
    for (const role of ['anyone', ...ROLES] as const) {
      const may = route.role === 'anyone' || (role !== 'anyone' && atLeast(role, route.role));
      it(`${route.method} ${route.path}: ${role} ${may ? 'may' : 'may not'}`, async () => {
        const client = clients.get(role);
        if (client === undefined) throw new Error(`no client for ${role}`);
        const answer = await send(client, route);
        if (may) {
          // 400: the click of this test names no verb. 401: the login of this test has no password.
          expect(answer.status).to.be.oneOf([200, 302, 400, route.path === '/login' ? 401 : 200]);
          expect(answer.headers.get('location') ?? '').not.to.include('/login');
        } else if (role !== 'anyone') expect(answer.status).to.equal(403);
        else if (route.kind === 'page' && route.method === 'get') {
          expect([answer.status, answer.headers.get('location')?.split('?')[0]]).to.deep.equal([302, '/login']);
        } else expect(answer.status).to.equal(401);
      });
    }
  }

  it('is closed again after a logout, everywhere and at once', async () => {
    const client = await signedIn(served.base, 'irina');
    const copy = new Client(served.base);
    for (const [name, value] of client.cookies) copy.cookies.set(name, value);
    expect((await copy.ask('/workstation/live')).status).to.equal(200);
    const out = await client.post('/logout', { _token: await client.token('/workstation') });
    expect([out.status, out.headers.get('location')]).to.deep.equal([303, '/login?out=1']);
    expect((await copy.ask('/workstation/live')).status).to.equal(401);
    expect((await copy.ask('/workstation')).status).to.equal(302);
    expect(client.cookies.has('dialhook')).to.equal(false);
  });

  it('that does not exist says so, to a person and to a script', async () => {
    const client = new Client(served.base);
    const page = await client.ask('/admin.php', { headers: { Accept: 'text/html' } });
    expect(page.status).to.equal(404);
    expect(await page.text()).to.include('Nothing here');
    const data = await client.ask('/api/x', { headers: { Accept: 'application/json' } });
    expect([data.status, (await json(data)).title]).to.deep.equal([404, 'Nothing here']);
    for (const path of [
      '/assets/../package.json',
      '/assets/000000000000/../../package.json',
      '/assets/x/%2e%2e/package.json',
    ]) {
      expect((await client.ask(path)).status).to.equal(404);
    }
  });

  it('answers with strict headers, and keeps nothing', async () => {
    for (const path of ['/login', '/monitor', '/workstation', '/nowhere']) {
      const { headers } = (await clients.get('administrator')?.ask(path)) ?? new Response();
      expect(headers.get('content-security-policy'), path).to.include("default-src 'none'").and.not.include('unsafe');
      expect(headers.get('cache-control')).to.equal('no-store');
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('x-powered-by')).to.equal(null);
    }
  });
});
