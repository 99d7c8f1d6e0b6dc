// `/login`: the only page that strangers see.
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { formToken } from '../../auth/form.js';
import { checkLogin, LOGIN } from '../../auth/login.js';
import { attemptLogin } from '../../auth/throttle.js';
import { note } from '../audited.js';
import { browserSecret, sessionCookie, setSessionCookie } from '../cookies.js';
import { refuse, tooSoon } from '../refusal.js';
import { seldom } from '../seldom.js';
import { shell } from '../shell.js';
import { homeOf, type Site } from '../site.js';

/** Where a login may lead: a fixed list, so that a link can't send anybody elsewhere. */
const GOALS = ['/monitor', '/workstation', '/account', '/users', '/audit'];
/** … and the stories of calls, which people send each other. */
const STORY = /^\/calls\/[\w.~%-]{1,600}$/;
const goalOf = (value: unknown): string => {
  if (typeof value === 'string' && STORY.test(value)) return value;
  return GOALS.find((goal) => goal === value) ?? '';
};

export const loginForm =
  (site: Site): RequestHandler =>
  (req, res) => {
    if (res.locals['session'] !== undefined) return res.redirect(302, homeOf(res.locals['session']));
    const note = req.query['out'] === '1' ? 'You are signed out.' : '';
    form(site, req, res, { next: goalOf(req.query['next']), note });
  };

/** Tries that come too soon are refused unread, as fast as somebody sends them: one row of the audit is enough for so long, ms. */
const TOO_SOON_MS = 60_000;

export const loginTry = (site: Site): RequestHandler => {
  const isNew = seldom({ forMs: TOO_SOON_MS, now: site.now });
  return async (req, res) => {
    const { login, password, next } = (req.body ?? {}) as Record<string, unknown>;
    const typed = typeof login === 'string' ? login.slice(0, 80) : '';
    // One IPv6 customer has a whole prefix of addresses: the prefix counts as one.
    const network = ipKeyGenerator(req.ip ?? 'nowhere');
    const attempt = await attemptLogin(site.deps.throttle, typed, network, site.now);
    if (!('succeeded' in attempt)) {
      await failed(site, req, typed, 'login_throttled', (user) => isNew(`${network} ${user?.id ?? 0}`));
      const seconds = Math.max(1, Math.ceil(attempt.waitMs / 1000));
      res.set('Retry-After', String(seconds));
      return refuse(site, req, res, tooSoon(seconds));
    }
    const user = await checkLogin(site.deps.users, login, password).catch(async (error: unknown) => {
      await attempt.takeBack().catch(() => undefined);
      throw error;
    });
    if (user === null) {
      await failed(site, req, typed, 'login_failed');
      res.status(401);
      form(site, req, res, { next: goalOf(next), login: typed, fault: 'Login or password is wrong.' });
      return;
    }
    await attempt.succeeded();
    // A new token for every login; a session that this browser still had is over.
    const before = sessionCookie(site, req);
    const { token } = await site.sessions.open(user, req.ip ?? '');
    await site.sessions.close(before);
    await note(site, req, { kind: 'login', user });
    setSessionCookie(site, req, res, token);
    const goal = goalOf(next);
    const own = user.role === 'operator' ? '/workstation' : '/monitor';
    const notTheirs = user.role === 'operator' && goal === '/monitor';
    res.redirect(303, goal === '' || notTheirs ? own : goal);
  };
};

/** A login that does not exist is not written down: people type their password there. */
async function failed(
  site: Site,
  req: Request,
  typed: string,
  kind: 'login_failed' | 'login_throttled',
  isWorthARow: (user: { id: number } | null) => boolean = () => true,
): Promise<void> {
  const name = typed.trim();
  const user = LOGIN.test(name) ? await site.deps.users.findUserByLogin(name) : null;
  if (!isWorthARow(user)) return;
  const detail = user === null ? 'unknown login' : user.disabled ? 'disabled user' : '';
  await note(site, req, { kind, user, detail });
}

function form(site: Site, req: Request, res: Response, fields: Record<string, string>): void {
  const token = formToken(browserSecret(site, req, res));
  res.render('login', { ...shell(site, res), ...fields, formToken: token });
}
