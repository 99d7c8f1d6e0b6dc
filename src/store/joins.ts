// Which calls are one story. A link is what ties a call to others (src/call/link.ts); a join says that a call's rows stand
// under another's id.
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Db } from './database.js';
import { deletes, insertAll, rowsFor, sendAll, upserts } from './insert.js';

export interface Link {
  link: string;
  call: string;
}

/** A call that is part of another's story. */
export interface Join {
  call: string;
  story: string;
}

/** One of 65,536 locks for a link: two calls of one link always meet at it, others rarely. */
const lockOf = (link: string) => `#${createHash('sha1').update(link).digest('hex').slice(0, 4)}`;

/**
 * Notes links, each once. On MySQL it also holds them until the end of the transaction: another server that brings a call with
 * one of these links waits, and then sees ours. A lock does not reach from node to node of a cluster; what does is that both
 * change the same row, so that the second COMMIT is refused and begun again: `turn` is there to be changed.
 */
export async function saveLinks(trx: Knex, db: Db, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  const rows = new Map<string, { link: string; call_id: string }>();
  for (const { link, call } of links) {
    if (db.dialect === 'mysql') rows.set(lockOf(link), { link: lockOf(link), call_id: '' });
    rows.set(`${link} ${call}`, { link, call_id: call });
  }
  // In one order everywhere, the locks first (`#` sorts before all that a link begins with).
  const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await sendAll(upserts(trx, 'call_links', ['link', 'call_id'], sorted, 'turn'));
}

/** All calls that have one of these links. */
export async function callsOfLinks(trx: Knex, links: readonly string[]): Promise<Link[]> {
  const sql = 'SELECT link, call_id FROM call_links WHERE link IN (:keys)';
  const rows = await rowsFor<{ link: string; call_id: string }>(trx, sql, links);
  return rows.map((row) => ({ link: row.link, call: row.call_id }));
}

/** All links of some calls. */
export async function linksOfCalls(trx: Knex, calls: readonly string[]): Promise<Link[]> {
  const rows = (await trx('call_links').whereIn('call_id', calls)) as { link: string; call_id: string }[];
  return rows.map((row) => ({ link: row.link, call: row.call_id }));
}

/** Takes links back that no event says. */
export async function dropLinks(trx: Knex, links: readonly Link[]): Promise<void> {
  for (const { link, call } of links) await trx('call_links').where({ link, call_id: call }).del();
}

/** The joins that name one of some calls, as the joined one or as the story. */
export async function joinsOf(trx: Knex, calls: readonly string[]): Promise<Join[]> {
  const join = 'SELECT call_id, story_id FROM call_joins WHERE';
  const sql = `${join} call_id IN (:keys) UNION ${join} story_id IN (:keys)`;
  const rows = await rowsFor<{ call_id: string; story_id: string }>(trx, sql, calls);
  return rows.map((row) => ({ call: row.call_id, story: row.story_id }));
}

/**
 * Writes who is joined with a story, instead of what was written of any of these calls. `told` are those with events, in the
 * story's order; `named` are known by name alone.
 */
export async function writeJoins(
  trx: Knex,
  stories: readonly { story: string; told: readonly string[]; named: readonly string[] }[],
): Promise<void> {
  const rows = stories.flatMap(({ story, told, named }) => [
    ...told.map((call_id, n) => ({ call_id, story_id: story, n })),
    ...named.map((call_id) => ({ call_id, story_id: story, n: null })),
  ]);
  const calls = stories.flatMap(({ story, told, named }) => [story, ...told, ...named]);
  await dropJoins(trx, calls);
  await insertAll(trx, 'call_joins', rows);
}

/** Takes back that these calls are part of others' stories. */
export async function dropJoins(trx: Knex, calls: readonly string[]): Promise<void> {
  await sendAll(deletes(trx, 'call_joins', 'call_id', calls));
}

/** The story a call is part of: its own id unless it was joined with another. */
export async function storyOf(db: Pick<Db, 'knex'>, call: string): Promise<string> {
  const row = (await db.knex('call_joins').where({ call_id: call }).first('story_id')) as
    | { story_id: string }
    | undefined;
  return row?.story_id ?? call;
}

/** The other calls of a story of which anything was told, in the story's order. */
export async function joinedWith(db: Pick<Db, 'knex'>, story: string): Promise<string[]> {
  return db.knex('call_joins').where({ story_id: story }).whereNotNull('n').orderBy('n').pluck('call_id');
}
