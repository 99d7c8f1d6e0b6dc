// How a request is refused: a page of the family for people, a word for scripts. The text never says more than the
// person may know; what really happened goes to the log, with a reference that both carry.
import { randomBytes } from 'node:crypto';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { PasswordBusyError } from '../auth/password.js';
import { shell } from './shell.js';
import type { Site } from './site.js';

export class Refusal extends Error {
  override name = 'Refusal';
  constructor(
    readonly status: number,
    readonly title: string,
    text: string,
  ) {
    super(text);
  }
}

export const notFound = (): Refusal =>
  new Refusal(404, 'Nothing here', 'There is no page at this address. It may have been typed wrong, or moved.');
export const noSuchCall = (): Refusal =>
  new Refusal(
    404,
    'No such call',
    'No call of this id is known, or it is not one of yours. Old calls are kept only for a time.',
  );
export const notAllowed = (): Refusal =>
  new Refusal(403, 'Not for your role', 'Your role does not open this page. Ask an administrator if it should.');
export const signedOut = (): Refusal => new Refusal(401, 'Signed out', 'Your session has ended. Please sign in again.');
export const staleForm = (): Refusal =>
  new Refusal(403, 'That form was too old', 'It was opened too long ago, or somewhere else. Go back and try again.');
export const noToken = (): Refusal =>
  new Refusal(401, 'No token', 'Send a valid API token: Authorization: Bearer <token>.');
export const noScope = (scope: string): Refusal =>
  new Refusal(
    403,
    'Not in its scopes',
    `This token may not do that: it needs ${scope}, and so does the role of its user.`,
  );
/** A try that came too soon after others that failed. */
export const tooSoon = (seconds: number): Refusal =>
  new Refusal(429, 'Please wait a moment', `Too many tries failed. The next one is possible in ${seconds} s.`);
export const tooMany = (): Refusal => new Refusal(429, 'Too many tries', 'Please wait some minutes, then try again.');

/** What went wrong, as far as the person may know it. */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof PasswordBusyError)
    return new Refusal(503, 'Busy', 'Many people sign in just now. Please try again.');
  const status = (error as { status?: unknown } | null)?.status;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Refusal(status, 'Not understood', 'The request could not be read.');
  const said = 'This page could not be made. Calls are not affected. Please try again in a moment.';
  return new Refusal(500, 'Something went wrong', said);
}

/** Sends a refusal in the form that fits the route: a page, or JSON. */
export function refuse(site: Site, req: Request, res: Response, refusal: Refusal, reference: string = ''): void {
  const { status, title, message: text } = refusal;
  res.status(status).set('Cache-Control', 'no-store');
  const wantsPage =
    res.locals['kind'] === undefined ? req.accepts(['html', 'json']) === 'html' : res.locals['kind'] === 'page';
  if (!wantsPage) {
    res.json({ state: 'failed', title, text, ...(reference === '' ? {} : { reference }) });
    return;
  }
  const home = status === 401 ? '/login' : '/';
  const again = status >= 500 || status === 429;
  res.render(
    'error',
    { ...shell(site, res), status, title, text, reference, home, again },
    (error: unknown, html?: string) => {
      // Not even the error page could be made: plain words, nothing else.
      if (error || html === undefined) res.type('text/plain').send(`${title}. ${text}`);
      else res.send(html);
    },
  );
}

/** The last handler: whatever was thrown ends here, and the server goes on. */
export function lastHandler(site: Site): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refusal = asRefusal(error);
    const reference = refusal.status >= 500 ? randomBytes(4).toString('hex') : '';
    if (reference !== '') {
      const { stack, message } = error instanceof Error ? error : { stack: '', message: String(error) };
      site.deps.log.error({ reference, error: message, stack, route: res.locals['route'] ?? '' }, 'a request failed');
    }
    if (res.headersSent) return next(error);
    refuse(site, req, res, refusal, reference);
  };
}

/** For every address that no route knows. */
export const nowhere = (): RequestHandler => (_req, _res, next) => next(notFound());
