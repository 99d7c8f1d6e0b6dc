// `/click`: an action asked for by a button, and what became of it. The answer says "sent"; what really happened is
// asked for afterwards, and nothing is shown as done before the PBX said so.
import type { RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { ClickNow } from '../deps.js';
import { reasons } from '../live-parts.js';
import { notFound, refuse, tooMany } from '../refusal.js';
import { type Site, sessionOf } from '../site.js';
import { checkClick } from '../verbs.js';

/** Clicks of one user in a minute: far more than a person needs, far fewer than a script would like. */
const PER_MINUTE = 60;

export const click = (site: Site): RequestHandler[] => [
  rateLimit({
    ...{ windowMs: 60_000, limit: PER_MINUTE, standardHeaders: false, legacyHeaders: false, validate: false },
    keyGenerator: (_req, res) => String(sessionOf(res as Response).user.id),
    handler: (req, res) => refuse(site, req, res, tooMany()),
  }),
  async (req, res) => {
    const { user } = sessionOf(res);
    const { snapshots, config, log } = site.deps;
    const fields = (req.body ?? {}) as Record<string, unknown>;
    const asked = { fields, user, snapshot: snapshots.current(), reasons: reasons(config) };
    const checked = checkClick(asked);
    if (!checked.ok) {
      res.status(checked.status).json({ click: '', state: 'failed', text: checked.text } satisfies ClickNow);
      return;
    }
    try {
      res.json(await site.deps.click(checked.verb, checked.args, user));
    } catch (error) {
      log.error({ verb: checked.verb, error: String(error) }, 'a click could not be sent');
      const text = 'It could not be sent. Nothing was done.';
      res.status(503).json({ click: '', state: 'failed', text } satisfies ClickNow);
    }
  },
];

export const clickState =
  (site: Site): RequestHandler =>
  async (req, res, next) => {
    const id = req.params['id'];
    const state = typeof id === 'string' && /^[\w.-]{1,190}$/.test(id) ? await site.deps.clickState(id) : null;
    if (state === null) return next(notFound());
    res.json(state);
  };
