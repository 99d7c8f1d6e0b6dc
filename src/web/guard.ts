// The one door: every route says who may use it, and whoever may not stops here. Nothing is open by default.
import type { Request, RequestHandler, Response } from 'express';
import { formToken, originFault, sameToken } from '../auth/form.js';
import type { Session } from '../auth/sessions.js';
import type { Scope } from '../auth/tokens.js';
import { atLeast } from '../auth/users.js';
import { browserCookie, sessionCookie } from './cookies.js';
import { noScope, noToken, notAllowed, type Refusal, refuse, signedOut, staleForm } from './refusal.js';
import type { Route } from './routes.js';
import type { Site } from './site.js';

/** page: people see it · live, data: scripts of our pages read it · api: programs with a token. */
export type RouteKind = 'page' | 'live' | 'data' | 'api';

/** Finds who asks, and lets pass only whom the route names; what changes something must come from a page of ours besides. */
export function guard(site: Site, route: Route): RequestHandler {
  return async function guarded(req, res, next) {
    Object.assign(res.locals, { kind: route.kind, route: route.path });
    const refusal =
      route.kind === 'api' ? await program(site, route.scope, req, res) : await person(site, route, req, res);
    if (refusal === null) return next();
    if (refusal.status === 401 && route.kind === 'page' && req.method === 'GET')
      return res.redirect(302, loginFor(req));
    if (refusal.status === 401 && route.kind === 'api') res.set('WWW-Authenticate', 'Bearer');
    refuse(site, req, res, refusal);
  };
}

async function person(site: Site, route: Route, req: Request, res: Response): Promise<Refusal | null> {
  const role = 'role' in route ? route.role : 'administrator';
  const session = await site.sessions.find(sessionCookie(site, req));
  if (session !== null) res.locals['session'] = session;
  if (role !== 'anyone' && session === null) return signedOut();
  if (role !== 'anyone' && session !== null && !atLeast(session.user.role, role)) return notAllowed();
  const changes = req.method !== 'GET' && req.method !== 'HEAD';
  return changes && !fromOwnPage(site, req, res, session) ? staleForm() : null;
}

/** A cookie opens nothing here, so no other site can ask in a user's name. */
async function program(site: Site, scope: Scope, req: Request, res: Response): Promise<Refusal | null> {
  const [, token] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header(req, 'authorization') ?? '') ?? [];
  const access = token === undefined ? null : await site.tokens.find(token, req.ip ?? '');
  if (access === null) return noToken();
  res.locals['access'] = access;
  return access.scopes.includes(scope) ? null : noScope(scope);
}

/** Back to where they wanted to go, after the login. */
const loginFor = (req: Request): string =>
  req.path === '/' ? '/login' : `/login?next=${encodeURIComponent(req.path)}`;

function fromOwnPage(site: Site, req: Request, res: Response, session: Session | null): boolean {
  const sender = { fetchSite: header(req, 'sec-fetch-site'), origin: header(req, 'origin'), host: req.headers.host };
  const fault = originFault(sender, site.deps.config.webOrigin);
  if (fault !== null) {
    site.deps.log.warn({ route: res.locals['route'], fault }, 'a form was refused');
    return false;
  }
  const body = req.body as Record<string, unknown> | undefined;
  const given = req.headers['x-form-token'] ?? body?.['_token'];
  const browser = browserCookie(site, req);
  // The login form's token belongs to the browser, all others to the session.
  const expected = [session?.formToken, browser === undefined ? undefined : formToken(browser)];
  return expected.some((token) => token !== undefined && sameToken(token, given));
}

const header = (req: Request, name: string): string | undefined => {
  const value = req.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};
