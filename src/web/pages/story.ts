// `/calls/<id>`: what happened to one call, from its first ring to its end.
import type { RequestHandler } from 'express';
import { atLeast } from '../../auth/users.js';
import type { Call } from '../../call/call.js';
import { clocks, maskedPhone, phone, storyPath } from '../format.js';
import { noSuchCall } from '../refusal.js';
import { shell } from '../shell.js';
import { masks, type Site, sessionOf } from '../site.js';
import { tookPart } from '../story/people.js';
import { storyView } from '../story/view.js';

/** Ids are printable ASCII without spaces, as the events' own check has them. */
const ID = /^[\x21-\x7e]{1,190}$/;

export const story =
  (site: Site): RequestHandler =>
  async (req, res, next) => {
    const { deps } = site;
    const session = sessionOf(res);
    const { user } = session;
    const id = req.params['id'];
    const found = typeof id === 'string' && ID.test(id) ? await deps.story(id) : null;
    // Who may not see a call does not learn whether there is one.
    if (found === null) return next(noSuchCall());
    const mine = tookPart(found.call, user.operator);
    if (!mine && !atLeast(user.role, 'supervisor')) return next(noSuchCall());
    // Calls that became one have one page.
    if (found.call.id !== id) return res.redirect(302, storyPath(found.call.id));
    const snapshot = deps.snapshots.current();
    const view = storyView(found.call, {
      lines: found.lines,
      now: site.now(),
      client: await clientOf(site, found.call),
      clock: clocks(deps.config.timeZone),
      write: masks(site, session) && !mine ? maskedPhone : phone,
      operators: new Map(snapshot?.operators.map((one) => [one.operator, one.name])),
      queues: new Map(snapshot?.queues.map((one) => [one.queue, one.title || one.queue])),
    });
    res.render('story', { ...shell(site, res), ...view });
  };

/** The client is the one who calls from outside, or whom we call. A look-up that fails costs the name, not the page. */
async function clientOf({ deps }: Site, call: Call) {
  const number = call.direction === 'out' ? call.to : call.from;
  if (number === '' || call.direction === 'internal') return null;
  try {
    return (await deps.findClient?.(number)) ?? null;
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'a look-up for a page failed');
    return null;
  }
}
