// `/users`: who may come in and who is in, for administrators; each can be signed out everywhere. The rest is `dialhook user`.
import type { RequestHandler } from 'express';
import { note } from '../audited.js';
import { clocks } from '../format.js';
import { notFound } from '../refusal.js';
import { shell } from '../shell.js';
import { type Site, sessionOf } from '../site.js';

export const users =
  (site: Site): RequestHandler =>
  async (req, res) => {
    const clock = clocks(site.deps.config.timeZone);
    const [all, sessions] = await Promise.all([
      site.deps.users.listUsers(),
      site.deps.sessions.listSessions(site.now()),
    ]);
    const rows = all.map(({ id, login, name, role, operator, disabled }) => {
      const own = sessions.filter((one) => one.userId === id);
      const seen = Math.max(...own.map((one) => one.seenAt));
      const lastSeen = own.length === 0 ? '' : `${clock.date(seen)} ${clock.minute(seen)}`;
      return { id, login, name, role, operator, disabled, sessions: own.length, lastSeen };
    });
    const out =
      typeof req.query['out'] === 'string' ? all.find((one) => String(one.id) === req.query['out']) : undefined;
    res.render('users', { ...shell(site, res, '/users'), rows, out: out?.name || out?.login || '' });
  };

export const signOutUser =
  (site: Site): RequestHandler =>
  async (req, res, next) => {
    const id = req.params['id'];
    const user =
      typeof id === 'string' && /^\d{1,12}$/.test(id) ? await site.deps.users.findUserById(Number(id)) : null;
    if (user === null) return next(notFound());
    await site.sessions.closeAll(user.id);
    await note(site, req, { kind: 'logout_everywhere', user: sessionOf(res).user, target: user.login });
    res.redirect(303, `/users?out=${user.id}`);
  };
