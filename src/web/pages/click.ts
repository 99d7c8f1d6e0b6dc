// `/click`: an action asked for by a button, and what became of it. The answer says "sent"; what really happened is
// asked for afterwards, and nothing is shown as done before the PBX said so.
import type { Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { User } from '../../auth/users.js';
import { note } from '../audited.js';
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
    const fields = (req.body ?? {}) as Record<string, unknown>;
    const { status, now } = await sendClick(site, req, { fields, user: sessionOf(res).user });
    res.status(status).json(now);
  },
];

interface Asked {
  fields: Record<string, unknown>;
  user: User;
  /** Which token asked; empty for a person. */
  by?: string;
}

/** Checks a click, sends it, and writes down what came of it, whoever it came from and however it ended. */
export async function sendClick(site: Site, req: Request, asked: Asked): Promise<{ status: number; now: ClickNow }> {
  const { fields, user, by = '' } = asked;
  const done = await attempt(site, fields, user);
  const named = ['verb', 'to', 'operator', 'call', 'reason'].map((name) => fields[name]);
  const target = named.filter((one) => typeof one === 'string' && one !== '').join(' ');
  const { click: id, state, text } = done.now;
  await note(site, req, {
    ...{ kind: 'click', user, target },
    detail: [state === 'failed' ? `refused: ${text}` : state, id, by].filter((one) => one !== '').join(' · '),
  });
  return done;
}

async function attempt(site: Site, fields: Record<string, unknown>, user: User) {
  const { snapshots, config, log } = site.deps;
  const failed = (status: number, text: string) => ({ status, now: { click: '', state: 'failed', text } as const });
  const checked = checkClick({ fields, user, snapshot: snapshots.current(), reasons: reasons(config) });
  if (!checked.ok) return failed(checked.status, checked.text);
  try {
    return { status: 200, now: await site.deps.click(checked.verb, checked.args, user) };
  } catch (error) {
    log.error({ verb: checked.verb, error: String(error) }, 'a click could not be sent');
    return failed(503, 'It could not be sent. Nothing was done.');
  }
}

export const clickState =
  (site: Site): RequestHandler =>
  async (req, res, next) => {
    const id = req.params['id'];
    const state =
      typeof id === 'string' && /^[\w.-]{1,190}$/.test(id) ? await site.deps.clickState(id, sessionOf(res).user) : null;
    if (state === null) return next(notFound());
    res.json(state);
  };
