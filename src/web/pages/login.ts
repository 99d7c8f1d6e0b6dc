// `/login`: the only page that strangers see.
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { formToken } from '../../auth/form.js';
import { checkLogin } from '../../auth/login.js';
import { browserSecret, sessionCookie, setSessionCookie } from '../cookies.js';
import { refuse, tooMany } from '../refusal.js';
import { shell } from '../shell.js';
import { homeOf, type Site } from '../site.js';

/** Where a login may lead: a fixed list, so that a link can't send anybody elsewhere. */
const GOALS = ['/monitor', '/workstation'];
/** … and the stories of calls, which people send each other. */
const STORY = /^\/calls\/[\w.~%-]{1,600}$/;
const goalOf = (value: unknown): string => {
  if (typeof value === 'string' && STORY.test(value)) return value;
  return GOALS.find((goal) => goal === value) ?? '';
};

const WINDOW_MS = 15 * 60_000;
/** Failed logins in a quarter of an hour: of one login from one network, of one login, from one network. */
const TRIES = { both: 8, login: 40, address: 40 };

export const loginForm =
  (site: Site): RequestHandler =>
  (req, res) => {
    if (res.locals['session'] !== undefined) return res.redirect(302, homeOf(res.locals['session']));
    const note = req.query['out'] === '1' ? 'You are signed out.' : '';
    form(site, req, res, { next: goalOf(req.query['next']), note });
  };

export const loginTry = (site: Site): RequestHandler[] => [
  ...limits(site),
  async (req, res) => {
    const { login, password, next } = (req.body ?? {}) as Record<string, unknown>;
    const user = await checkLogin(site.deps.users, login, password);
    if (user === null) {
      res.status(401);
      const typed = typeof login === 'string' ? login.slice(0, 80) : '';
      form(site, req, res, { next: goalOf(next), login: typed, fault: 'Login or password is wrong.' });
      return;
    }
    // A new token for every login; a session that this browser still had is over.
    const before = sessionCookie(site, req);
    const { token } = await site.sessions.open(user, req.ip ?? '');
    await site.sessions.close(before);
    setSessionCookie(site, req, res, token);
    const goal = goalOf(next);
    const own = user.role === 'operator' ? '/workstation' : '/monitor';
    res.redirect(303, goal === '' || (goal === '/monitor' && user.role === 'operator') ? own : goal);
  },
];

function form(site: Site, req: Request, res: Response, fields: Record<string, string>): void {
  const token = formToken(browserSecret(site, req, res));
  res.render('login', { ...shell(site, res), ...fields, formToken: token });
}

/** Only failures count, so a busy office behind one address is not shut out by its own work. */
function limits(site: Site): RequestHandler[] {
  const network = (req: Request) => ipKeyGenerator(req.ip ?? 'nowhere');
  const name = (req: Request) => {
    const login = (req.body as Record<string, unknown> | undefined)?.['login'];
    return typeof login === 'string' ? login.trim().toLowerCase().slice(0, 80) : '';
  };
  const limit = (most: number, keyGenerator: (req: Request) => string) =>
    rateLimit({
      ...{ windowMs: WINDOW_MS, limit: most, keyGenerator, skipSuccessfulRequests: true },
      ...{ standardHeaders: 'draft-8' as const, legacyHeaders: false, validate: false },
      handler: (req, res) => refuse(site, req, res, tooMany()),
    });
  return [
    limit(TRIES.address, network),
    limit(TRIES.login, name),
    limit(TRIES.both, (req) => `${network(req)} ${name(req)}`),
  ];
}
