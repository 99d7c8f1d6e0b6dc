// `/logout`: ends the session at once, in the table and in memory.
import type { RequestHandler } from 'express';
import { note } from '../audited.js';
import { clearSessionCookie, sessionCookie } from '../cookies.js';
import { type Site, sessionOf } from '../site.js';

export const logout =
  (site: Site): RequestHandler =>
  async (req, res) => {
    clearSessionCookie(site, req, res);
    await site.sessions.close(sessionCookie(site, req));
    await note(site, req, { kind: 'logout', user: sessionOf(res).user });
    res.redirect(303, '/login?out=1');
  };
