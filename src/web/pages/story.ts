// `/calls/<id>`: what happened to one call, from its first ring to its end.
import type { RequestHandler } from 'express';
import { atLeast } from '../../auth/users.js';
import type { Call } from '../../call/call.js';
import { clocks, maskedPhone, phone, storyPath } from '../format.js';
import { noSuchCall } from '../refusal.js';
import { shell } from '../shell.js';
import { masks, type Site, sessionOf } from '../site.js';
import { tookPart } from '../story/people.js';
import { recordingsView } from '../story/recordings.js';
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
    const recordings = atLeast(user.role, 'supervisor') ? await recordingsOf(site, found.call) : null;
    res.render('story', { ...shell(site, res), ...view, recordings });
  };

/** What can be heard of a call; null when nothing was recorded. A look that fails costs the list, not the page. */
async function recordingsOf({ deps }: Site, call: Call) {
  const calls = [call.id, ...call.joined];
  try {
    const found = (await deps.recordings?.of(calls)) ?? [];
    if (found.length === 0) return null;
    const kept = (await deps.recordings?.kept(calls)) ?? null;
    const view = recordingsView(found, kept, { clock: clocks(deps.config.timeZone) });
    return { ...view, action: `${storyPath(call.id)}/keep` };
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'the recordings of a page could not be looked up');
    return null;
  }
}

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
