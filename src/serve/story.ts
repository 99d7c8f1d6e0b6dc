// One call for its page: from its rows when it is over, folded from its events while it runs.
import { parseLine } from '../call/event.js';
import { fold } from '../call/fold.js';
import type { Db } from '../store/database.js';
import { linesOfCalls } from '../store/events.js';
import { joinedWith, storyOf } from '../store/joins.js';
import { readCall } from '../store/read-call.js';
import type { Story } from '../web/deps.js';

/** The story that a call is part of, with the lines still kept of all its calls; null when nothing is known of the id. */
export async function readStory(db: Db, asked: string): Promise<Story | null> {
  const done = await readCall(db, asked);
  const id = done?.id ?? (await storyOf(db, asked));
  const joined = done?.joined ?? (await joinedWith(db, id));
  const kept = await linesOfCalls(db.knex, [id, ...joined]);
  const lines = [...kept.values()].flat();
  if (done !== null) return { call: done, lines };
  const events = lines.map(parseLine).flatMap((parsed) => (parsed.ok ? [parsed.event] : []));
  // An operator's login carries an id, too, and is no call.
  const call = fold(id, events);
  return call.legs.length === 0 ? null : { call, lines };
}
