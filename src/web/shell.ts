// What every page needs around its content.
import type { Response } from 'express';
import type { Session } from '../auth/sessions.js';
import { atLeast } from '../auth/users.js';
import { initials } from './format.js';
import { journalWord } from './freshness.js';
import { freshNow, type Site } from './site.js';

/** Data older than this is never shown as live, ms; public/js/fresh.js knows the same. */
const RED_MS = 10_000;

/** The context of the layout: who is in, where they may go, how fresh the data is. */
export function shell(site: Site, res: Response, here: string = ''): Record<string, unknown> {
  const session = res.locals['session'] as Session | undefined;
  const base = { assets: site.assets.base, now: site.now(), timeZone: site.deps.config.timeZone };
  if (session === undefined) return { ...base, user: null };
  const { user, formToken } = session;
  const nav = [
    { path: '/monitor', word: 'Monitor', shown: atLeast(user.role, 'supervisor') },
    { path: '/workstation', word: 'Workstation', shown: true },
    { path: '/users', word: 'Users', shown: user.role === 'administrator' },
    { path: '/audit', word: 'Audit', shown: user.role === 'administrator' },
  ];
  const fresh = freshNow(site);
  const old = fresh.dataAt !== null && base.now - fresh.dataAt >= RED_MS;
  return {
    ...base,
    formToken,
    fresh: { ...fresh, journal: journalWord(fresh) },
    // Running times stop where the knowledge stops.
    timersAt: old ? fresh.dataAt : base.now,
    user: {
      name: user.name || user.login,
      role: user.role,
      operator: user.operator,
      initials: initials(user.name || user.login),
    },
    nav: nav.filter((item) => item.shown).map((item) => ({ ...item, current: item.path === here })),
  };
}
