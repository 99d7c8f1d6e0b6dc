// What all pages share: the things handed in, and the few objects made from them once.
import type { Response } from 'express';
import type { Session, Sessions } from '../auth/sessions.js';
import type { Access, Tokens } from '../auth/tokens.js';
import type { User } from '../auth/users.js';
import type { Assets } from './assets.js';
import type { WebDeps } from './deps.js';
import { type Freshness, freshness } from './freshness.js';
import type { LiveParts } from './live-parts.js';
import type { Views } from './views.js';

export interface Site {
  deps: WebDeps;
  sessions: Sessions;
  tokens: Tokens;
  views: Views;
  assets: Assets;
  live: LiveParts;
  now(): number;
}

/** The session that the guard found; only routes that need a role may ask. */
export function sessionOf(res: Response): Session {
  const session = res.locals['session'] as Session | undefined;
  if (session === undefined) throw new Error('this route declares no role, so it has no session');
  return session;
}

/** The token that the guard found; only routes that need a scope may ask. */
export function accessOf(res: Response): Access {
  const access = res.locals['access'] as Access | undefined;
  if (access === undefined) throw new Error('this route declares no scope, so it has no token');
  return access;
}

/** How fresh the current snapshot is, at this moment. */
export function freshNow(site: Site): Freshness {
  const { snapshots, status } = site.deps;
  return freshness(snapshots.current(), snapshots.failingSince?.() ?? null, status(), site.now());
}

/** Whether callers' numbers are hidden from this user (their own calls apart). */
export const masks = (site: Site, { user }: { user: User }): boolean =>
  (site.deps.config.maskNumbers ?? true) && user.role !== 'administrator';

/** Where a user begins. */
export const homeOf = (session: Session): string => (session.user.role === 'operator' ? '/workstation' : '/monitor');
