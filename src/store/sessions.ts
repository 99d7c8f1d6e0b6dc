// Sessions of the browser. The key is a hash of the cookie: a copy of this table lets nobody in.
import type { Db } from './database.js';
import { fromDb, toDb } from './time.js';

export interface SessionRow {
  idHash: string;
  userId: number;
  /** Token that every form of this session carries. */
  csrf: string;
  createdAt: number;
  seenAt: number;
  expiresAt: number;
  address: string;
}

interface Stored {
  id_hash: string;
  user_id: number;
  csrf: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
  address: string;
}

export async function saveSession(db: Db, session: SessionRow): Promise<void> {
  await db.knex('sessions').insert({
    id_hash: session.idHash,
    user_id: session.userId,
    csrf: session.csrf,
    created_at: toDb(session.createdAt),
    seen_at: toDb(session.seenAt),
    expires_at: toDb(session.expiresAt),
    address: session.address.slice(0, 80),
  });
}

/** Those of the sessions that exist, in no order. */
export async function findSessions(db: Db, idHashes: readonly string[]): Promise<SessionRow[]> {
  return ((await db.knex('sessions').whereIn('id_hash', idHashes)) as Stored[]).map(fromStored);
}

/** Sessions that have not expired at `now`, newest first; of one user, or of all. */
export async function listSessions(db: Db, now: number, userId?: number): Promise<SessionRow[]> {
  const query = db.knex('sessions').where('expires_at', '>', toDb(now)).orderBy('created_at', 'desc').limit(1000);
  if (userId !== undefined) query.where({ user_id: userId });
  return ((await query) as Stored[]).map(fromStored);
}

const fromStored = (row: Stored): SessionRow => {
  const times = { createdAt: fromDb(row.created_at), seenAt: fromDb(row.seen_at), expiresAt: fromDb(row.expires_at) };
  return { idHash: row.id_hash, userId: Number(row.user_id), csrf: row.csrf, address: row.address, ...times };
};

/** Moves the last sight and the end of sessions. */
export async function touchSessions(
  db: Db,
  idHashes: readonly string[],
  seenAt: number,
  expiresAt: number,
): Promise<void> {
  await db
    .knex('sessions')
    .whereIn('id_hash', idHashes)
    .update({ seen_at: toDb(seenAt), expires_at: toDb(expiresAt) });
}

export async function deleteSession(db: Db, idHash: string): Promise<void> {
  await db.knex('sessions').where({ id_hash: idHash }).del();
}

export async function deleteSessionsOfUser(db: Db, userId: number): Promise<void> {
  await db.knex('sessions').where({ user_id: userId }).del();
}

export async function deleteExpiredSessions(db: Db, now: number): Promise<number> {
  return db.knex('sessions').where('expires_at', '<', toDb(now)).del();
}
