// The one door: every route declares a role, and whoever lacks it stops here. Nothing is open by default.
import type { Request, RequestHandler, Response } from 'express';
import { formToken, originFault, sameToken } from '../auth/form.js';
import type { Session } from '../auth/sessions.js';
import { atLeast, type Role } from '../auth/users.js';
import { browserCookie, sessionCookie } from './cookies.js';
import { notAllowed, refuse, signedOut, staleForm } from './refusal.js';
import type { Site } from './site.js';

/** page: people see it · live, data: scripts read it. */
export type RouteKind = 'page' | 'live' | 'data';

/** Finds the session, checks the role, and for what changes something that our own page sent it. */
export function guard(site: Site, role: Role | 'anyone', kind: RouteKind, route: string): RequestHandler {
  return async (req, res, next) => {
    Object.assign(res.locals, { kind, route });
    const session = await site.sessions.find(sessionCookie(site, req));
    if (session !== null) res.locals['session'] = session;
    if (role !== 'anyone' && session === null) {
      if (kind === 'page' && req.method === 'GET') return res.redirect(302, loginFor(req));
      return refuse(site, req, res, signedOut());
    }
    if (role !== 'anyone' && session !== null && !atLeast(session.user.role, role))
      return refuse(site, req, res, notAllowed());
    const changes = req.method !== 'GET' && req.method !== 'HEAD';
    if (changes && !fromOwnPage(site, req, res, session)) return refuse(site, req, res, staleForm());
    next();
  };
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
