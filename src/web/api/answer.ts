// What all answers of the API share: a bound on how often, and numbers written as the token's user may see them.
import type { RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { maskedPhone, nameIn } from '../format.js';
import { refuse, tooMany } from '../refusal.js';
import { accessOf, masks, type Site } from '../site.js';

/** Requests of one token in a minute: a wall board asks every second. */
const PER_MINUTE = 120;

/** Refuses a token that asks too often, with 429 and Retry-After. One counter for all routes of the site. */
export function asksSeldom(site: Site): RequestHandler {
  const known = limits.get(site);
  if (known !== undefined) return known;
  const made = rateLimit({
    ...{ windowMs: 60_000, limit: PER_MINUTE, standardHeaders: 'draft-8', legacyHeaders: false, validate: false },
    keyGenerator: (_req, res) => accessOf(res as Response).token,
    handler: (req, res) => refuse(site, req, res, tooMany()),
  });
  limits.set(site, made);
  return made;
}
const limits = new WeakMap<Site, RequestHandler>();

/** Names of channels are nobody's business outside; ids are no numbers to be masked. */
const LEFT_OUT = new Set(['channel', 'source']);
const IDS = new Set(['id', 'call', 'joined', 'uniqueid', 'linkedid', 'pbx', 'parent']);

/** A value as it goes out: without channels, callers' numbers masked where the user sees them so. */
export function shown(site: Site, res: Response, value: unknown): unknown {
  const masked = masks(site, accessOf(res));
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return masked && !IDS.has(key) ? nameIn(one, maskedPhone) : one;
    if (Array.isArray(one)) return one.map((item) => walk(item, key));
    if (one === null || typeof one !== 'object') return one;
    const kept = Object.entries(one).filter(([name]) => !LEFT_OUT.has(name));
    return Object.fromEntries(kept.map(([name, item]) => [name, walk(item, name)]));
  };
  return walk(value, '');
}
