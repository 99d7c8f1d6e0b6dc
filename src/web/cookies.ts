// The two cookies: the session, and the secret of a browser that has not logged in yet.
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Site } from './site.js';

/** A request, with or without express around it. */
type Asked = Pick<Request, 'headers'> & { secure?: boolean };

/** Whether users reach us over https: by the configured address, else as the request came in. */
const secure = (site: Site, req: Asked): boolean =>
  site.deps.config.webOrigin === '' ? req.secure === true : site.deps.config.webOrigin.startsWith('https:');

// The prefix __Host- makes browsers refuse the cookie from any other host, path or plain http.
const nameOf = (site: Site, req: Asked, name: string) => (secure(site, req) ? `__Host-${name}` : name);

function read(req: Asked, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export const sessionCookie = (site: Site, req: Asked): string | undefined => read(req, nameOf(site, req, 'dialhook'));

/** Lax, so that a link in a chat or a CRM opens the page; what changes something needs origin and token besides. */
export function setSessionCookie(site: Site, req: Request, res: Response, token: string): void {
  res.cookie(nameOf(site, req, 'dialhook'), token, {
    ...{ httpOnly: true, sameSite: 'lax', secure: secure(site, req), path: '/', encode: String },
  });
}

export function clearSessionCookie(site: Site, req: Request, res: Response): void {
  res.clearCookie(nameOf(site, req, 'dialhook'), {
    ...{ httpOnly: true, sameSite: 'lax', secure: secure(site, req), path: '/' },
  });
}

export const browserCookie = (site: Site, req: Request): string | undefined =>
  read(req, nameOf(site, req, 'dialhook-browser'));

/** The secret of this browser, made when it has none: the login form's token follows from it. */
export function browserSecret(site: Site, req: Request, res: Response): string {
  const known = browserCookie(site, req);
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return known;
  const made = randomBytes(32).toString('base64url');
  res.cookie(nameOf(site, req, 'dialhook-browser'), made, {
    ...{ httpOnly: true, sameSite: 'strict', secure: secure(site, req), path: '/', encode: String },
  });
  return made;
}
