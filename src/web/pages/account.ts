// `/account`: where one is signed in, a new password, and out of everywhere.
import type { RequestHandler, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { checkLogin } from '../../auth/login.js';
import { hashPassword, MIN_PASSWORD, passwordFault } from '../../auth/password.js';
import { attemptLogin } from '../../auth/throttle.js';
import { note } from '../audited.js';
import { clearSessionCookie, setSessionCookie } from '../cookies.js';
import { clocks } from '../format.js';
import { refuse, tooSoon } from '../refusal.js';
import { shell } from '../shell.js';
import { type Site, sessionOf } from '../site.js';

export const account =
  (site: Site): RequestHandler =>
  (req, res) =>
    page(site, res, { changed: req.query['changed'] === '1' });

async function page(site: Site, res: Response, fields: { fault?: string; changed?: boolean }): Promise<void> {
  const { id, user } = sessionOf(res);
  const clock = clocks(site.deps.config.timeZone);
  const moment = (at: number) => `${clock.date(at)} ${clock.minute(at)}`;
  const sessions = (await site.deps.sessions.listSessions(site.now(), user.id)).map((one) => ({
    ...{ address: one.address, since: moment(one.createdAt), seen: moment(one.seenAt), own: one.idHash === id },
  }));
  const own = { login: user.login, least: MIN_PASSWORD };
  res.render('account', { ...shell(site, res, '/account'), ...own, ...fields, sessions });
}

/** Takes a new password from who knows the old one; every other session of the user ends with it. */
export const changePassword =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const { user } = sessionOf(res);
    const { password, fresh, again } = (req.body ?? {}) as Record<string, unknown>;
    // A stolen session must not be a way to guess the password.
    const attempt = await attemptLogin(site.deps.throttle, user.login, ipKeyGenerator(req.ip ?? 'nowhere'), site.now);
    if (!('succeeded' in attempt))
      return refuse(site, req, res, tooSoon(Math.max(1, Math.ceil(attempt.waitMs / 1000))));
    const fault = await faultOf(site, user.login, { password, fresh, again }, attempt);
    if (fault !== '' || typeof fresh !== 'string') {
      res.status(400);
      return page(site, res, { fault });
    }
    await site.deps.users.setPassword(user.id, await hashPassword(fresh), site.now());
    await site.sessions.closeAll(user.id);
    const { token } = await site.sessions.open(user, req.ip ?? '');
    setSessionCookie(site, req, res, token);
    await note(site, req, { kind: 'password_changed', user, target: user.login });
    res.redirect(303, '/account?changed=1');
  };

async function faultOf(
  site: Site,
  login: string,
  { password, fresh, again }: Record<'password' | 'fresh' | 'again', unknown>,
  attempt: { succeeded(): Promise<void> },
): Promise<string> {
  if ((await checkLogin(site.deps.users, login, password)) === null) return 'The old password is wrong.';
  await attempt.succeeded();
  if (typeof fresh !== 'string' || fresh !== again) return 'The two new passwords differ.';
  return passwordFault(fresh, login) ?? '';
}

export const signOutEverywhere =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const { user } = sessionOf(res);
    clearSessionCookie(site, req, res);
    await site.sessions.closeAll(user.id);
    await note(site, req, { kind: 'logout_everywhere', user, target: user.login });
    res.redirect(303, '/login?out=1');
  };
