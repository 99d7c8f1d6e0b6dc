import { expect } from 'chai';
import type { Application } from 'express';
import { SCOPE_ROLE, SCOPES, type Scope } from '../../src/auth/tokens.js';
import { atLeast, ROLES, type Role } from '../../src/auth/users.js';
import { ROUTES, type Route } from '../../src/web/routes.js';
import { createWeb } from '../../src/web/web.js';
import { Client, json, type Served, serve, signedIn, tokenFor } from './serve.js';

const LOGINS: Record<Role, string> = { operator: 'lola', supervisor: 'sabir', administrator: 'admin' };
const real = (route: Route) => route.path.replace(':id', route.path.startsWith('/users') ? '2' : 'pbx1-click-1');

/** Who may use what, written down a second time: a route that is not here fails, and so does one that opened itself further. */
const RULES: Record<string, Role | 'anyone' | Scope> = {
  'get /monitor/live': 'supervisor',
  'get /workstation/live': 'operator',
  'get /colleagues/live': 'operator',
  'get /api/v1/live': 'live:read',
  'get /api/v1/calls': 'calls:read',
  'get /api/v1/calls/:id': 'calls:read',
  'post /api/v1/calls': 'click:call',
  'get /api/v1/clicks/:id': 'click:call',
  'get /': 'operator',
  'get /monitor': 'supervisor',
  'get /workstation': 'operator',
  'get /calls/:id': 'operator',
  'get /recordings/:id': 'supervisor',
  'post /calls/:id/keep': 'supervisor',
  'get /users': 'administrator',
  'post /users/:id/logout': 'administrator',
  'get /audit': 'administrator',
  'get /login': 'anyone',
  'post /login': 'anyone',
  'post /logout': 'operator',
  'get /account': 'operator',
  'post /account/password': 'operator',
  'post /account/logout': 'operator',
  'get /session': 'operator',
  'post /click': 'operator',
  'get /click/:id': 'operator',
};
const ruleOf = (route: Route) => RULES[`${route.method} ${route.path}`];
/** They end the session that asks, so they are tried apart. */
const ENDING = ['/logout', '/account/logout'];

/** All routes that the application really answers: path and method, as express keeps them. */
function mounted(app: Application): { rule: string; first: string }[] {
  return app.router.stack.flatMap((layer) => {
    const { route } = layer;
    if (!route) return [];
    const [first] = route.stack;
    return [{ rule: `${first?.method} ${route.path}`, first: first?.handle.name ?? '' }];
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

  it('is on the list with a rule, begins with the guard, and nothing else is mounted', () => {
    const app = createWeb(served.deps);
    const found = mounted(app);
    expect(found.map((one) => one.rule).sort()).to.deep.equal(Object.keys(RULES).sort());
    for (const { rule, first } of found) expect(first, rule).to.equal('guarded');
    for (const route of ROUTES) expect('scope' in route ? route.scope : route.role).to.equal(ruleOf(route));
    const others = app.router.stack.filter((layer) => !layer.route).map((layer) => layer.name || '(unnamed)');
    // The rest are: assets, log, headers (2), the bound on strangers, forms, nowhere, last. None of them answers with anything of ours.
    expect(others).to.have.length(8);
  });

  const send = async (client: Client, route: Route, headers: Record<string, string> = {}): Promise<Response> => {
    if (route.method === 'get') return client.ask(real(route), { headers: { Accept: 'text/html', ...headers } });
    // With a right token, so that only the role decides.
    const anyone = client.cookies.get('dialhook') === undefined;
    const token = await client.token(anyone ? '/login' : '/workstation');
    return client.post(real(route), { _token: token, verb: 'none' }, headers);
  };
  const isRole = (rule: string | undefined): rule is Role => ROLES.some((role) => role === rule);

  for (const route of ROUTES.filter((one) => !ENDING.includes(one.path))) {
    const rule = ruleOf(route);
    for (const role of ['anyone', ...ROLES] as const) {
      const may = rule === 'anyone' || (role !== 'anyone' && isRole(rule) && atLeast(role, rule));
      it(`${route.method} ${route.path}: ${role} ${may ? 'may' : 'may not'}`, async () => {
        const client = clients.get(role);
        if (client === undefined) throw new Error(`no client for ${role}`);
        const answer = await send(client, route);
        if (may) {
          // 400: the click of this test names no verb, the new password is none. 401: the login of this test has no password.
          expect(answer.status).to.be.oneOf([200, 302, 303, 400, route.path === '/login' ? 401 : 200]);
          expect(answer.headers.get('location') ?? '').not.to.include('/login');
        } else if (route.kind === 'api') {
          // A session opens nothing here: only a token does.
          expect([answer.status, answer.headers.get('www-authenticate')]).to.deep.equal([401, 'Bearer']);
        } else if (role !== 'anyone') expect(answer.status).to.equal(403);
        else if (route.kind === 'page' && route.method === 'get') {
          expect([answer.status, answer.headers.get('location')?.split('?')[0]]).to.deep.equal([302, '/login']);
        } else expect(answer.status).to.equal(401);
      });
    }

    for (const role of ROLES) {
      for (const scope of SCOPES) {
        const may = rule === scope && atLeast(role, SCOPE_ROLE[scope]);
        it(`${route.method} ${route.path}: a token of ${role} with ${scope} ${may ? 'may' : 'may not'}`, async () => {
          const Authorization = `Bearer ${tokenFor(served, LOGINS[role], [scope])}`;
          const headers = { Authorization, Accept: 'application/json' };
          const path = real(route);
          const client = new Client(served.base);
          const body = JSON.stringify({ to: 'none' });
          const answer =
            route.method === 'get'
              ? await client.ask(path, { headers })
              : await client.ask(path, {
                  method: 'POST',
                  headers: { ...headers, 'Content-Type': 'application/json' },
                  body,
                });
          // 400: the number of this test is none.
          if (may) {
            // … and the supervisor of this test has no phone to call from.
            expect(answer.status).to.be.oneOf([200, 400, 403]);
            expect((await json(answer)).title).to.equal(undefined);
          } else if (route.kind === 'api') expect(answer.status).to.equal(403);
          // A token opens no page: there it is nobody.
          else if (rule === 'anyone') expect(answer.status).to.be.oneOf([200, 403]);
          else expect(answer.status).to.be.oneOf([302, 401]);
        });
      }
    }
  }

  it('that ends sessions needs one', async () => {
    for (const path of ENDING) {
      const stranger = new Client(served.base);
      const answer = await stranger.post(path, { _token: await stranger.token('/login') });
      expect(answer.status, path).to.equal(401);
    }
  });

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
    for (const path of ['/login', '/monitor', '/workstation', '/audit', '/api/v1/live', '/nowhere']) {
      const { headers } = (await clients.get('administrator')?.ask(path)) ?? new Response();
      expect(headers.get('content-security-policy'), path).to.include("default-src 'none'").and.not.include('unsafe');
      expect(headers.get('cache-control')).to.equal('no-store');
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('x-powered-by')).to.equal(null);
    }
  });
});
