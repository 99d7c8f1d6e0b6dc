// The audit, API tokens, and the waits after failed logins.
import { type Db, transact } from './database.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

export interface AuditLine {
  at: number;
  userId: number;
  login: string;
  kind: string;
  target: string;
  detail: string;
  address: string;
}

interface StoredAudit extends Omit<AuditLine, 'at' | 'userId'> {
  seq: number;
  at: string;
  user_id: number;
}

const LONGEST_TEXT = 255;
const LONGEST_WORD = 80;
/** Adds a row. What is too long is cut. */
export async function saveAudit(
  db: Db,
  { at, userId, login, kind, target, detail, address }: AuditLine,
): Promise<void> {
  await db.knex('access_audit').insert({
    ...{ at: toDb(at), user_id: userId, login: cut(login, LONGEST_WORD), kind, target: cut(target, LONGEST_TEXT) },
    ...{ detail: cut(detail, LONGEST_TEXT), address: cut(address, LONGEST_WORD) },
  });
}

/** Rows, newest first; every filter may be left out. */
export async function listAudit<K extends string>(
  db: Db,
  asked: { login?: string; kind?: K; since?: number; until?: number; before?: number; limit: number },
): Promise<(AuditLine & { seq: number; kind: K })[]> {
  const query = db.knex('access_audit').orderBy('seq', 'desc').limit(asked.limit);
  if (asked.login) query.where({ login: asked.login });
  if (asked.kind) query.where({ kind: asked.kind });
  if (asked.since !== undefined) query.where('at', '>=', toDb(asked.since));
  if (asked.until !== undefined) query.where('at', '<', toDb(asked.until));
  if (asked.before !== undefined) query.where('seq', '<', asked.before);
  return ((await query) as StoredAudit[]).map(({ user_id, ...row }) => ({
    ...{ ...row, kind: row.kind as K, seq: Number(row.seq), at: fromDb(row.at), userId: Number(user_id) },
  }));
}

export interface TokenRow<S extends string = string> {
  id: string;
  secretHash: string;
  userId: number;
  name: string;
  scopes: S[];
  createdAt: number;
  expiresAt: number;
  usedAt: number | null;
  usedFrom: string;
}

interface StoredToken {
  id: string;
  secret_hash: string;
  user_id: number;
  name: string;
  scopes: string;
  created_at: string;
  expires_at: string;
  used_at: string | null;
  used_from: string;
}

const fromToken = <S extends string>(row: StoredToken): TokenRow<S> => ({
  ...{ id: row.id, secretHash: row.secret_hash, userId: Number(row.user_id), name: row.name, usedFrom: row.used_from },
  scopes: row.scopes.split(' ').filter((word) => word !== '') as S[],
  ...{ createdAt: fromDb(row.created_at), expiresAt: fromDb(row.expires_at), usedAt: fromDb(row.used_at) },
});

export async function saveToken(db: Db, token: TokenRow): Promise<void> {
  await db.knex('access_tokens').insert({
    ...{ id: token.id, secret_hash: token.secretHash, user_id: token.userId, name: cut(token.name, LONGEST_TEXT) },
    ...{ scopes: token.scopes.join(' '), created_at: toDb(token.createdAt), expires_at: toDb(token.expiresAt) },
    ...{ used_at: toDb(token.usedAt), used_from: token.usedFrom },
  });
}

export async function findToken<S extends string>(db: Db, id: string): Promise<TokenRow<S> | null> {
  const row = (await db.knex('access_tokens').where({ id }).first()) as StoredToken | undefined;
  return row ? fromToken<S>(row) : null;
}

export async function listTokens<S extends string>(db: Db): Promise<TokenRow<S>[]> {
  return ((await db.knex('access_tokens').orderBy('created_at')) as StoredToken[]).map((row) => fromToken<S>(row));
}

export async function touchToken(db: Db, id: string, usedAt: number, usedFrom: string): Promise<void> {
  await db
    .knex('access_tokens')
    .where({ id })
    .update({ used_at: toDb(usedAt), used_from: cut(usedFrom, LONGEST_WORD) });
}

/** Returns whether there was such a token. */
export const removeToken = async (db: Db, id: string): Promise<boolean> =>
  (await db.knex('access_tokens').where({ id }).del()) > 0;

export interface ThrottleRow {
  id: string;
  failures: number;
  failedAt: number;
  freeAt: number;
  goodAt: number | null;
}

interface StoredThrottle {
  id: string;
  failures: number;
  failed_at: string;
  free_at: string;
  good_at: string | null;
}

/**
 * Hands the rows of these ids to `change` and keeps what it made of them, in one transaction: tries that come at once stand
 * in line at the rows' locks, taken in one order.
 */
export async function changeThrottle<T>(
  db: Db,
  ids: readonly string[],
  now: number,
  change: (rows: readonly ThrottleRow[]) => T,
): Promise<T> {
  const empty = { failures: 0, failed_at: toDb(now), free_at: toDb(now), good_at: null };
  return transact(db, async (trx) => {
    // Writing the key over itself locks the row for good: an insert that is ignored locks it shared, and two of those deadlock.
    for (const id of [...ids].sort())
      await trx('access_throttle')
        .insert({ id, ...empty })
        .onConflict('id')
        .merge(['id']);
    const stored = (await trx('access_throttle').whereIn('id', ids).orderBy('id').forUpdate()) as StoredThrottle[];
    const rows = ids.map((id): ThrottleRow => {
      const row = stored.find((one) => one.id === id) ?? { id, ...empty };
      const times = { failedAt: fromDb(row.failed_at), freeAt: fromDb(row.free_at), goodAt: fromDb(row.good_at) };
      return { id, failures: Number(row.failures), ...times };
    });
    const before = rows.map((row) => JSON.stringify(row));
    const result = change(rows);
    // A row that says nothing is none: else each try that is refused unread would leave two behind for a month.
    const nothing = rows.filter((row) => row.failures === 0 && row.goodAt === null);
    const changed = rows.filter((row, i) => JSON.stringify(row) !== before[i] && !nothing.includes(row));
    if (nothing.length > 0)
      await trx('access_throttle')
        .whereIn(
          'id',
          nothing.map((row) => row.id),
        )
        .del();
    for (const { id, failures, failedAt, freeAt, goodAt } of changed)
      await trx('access_throttle')
        .where({ id })
        .update({ failures, failed_at: toDb(failedAt), free_at: toDb(freeAt), good_at: toDb(goodAt) });
    return result;
  });
}

/** Forgets those who neither failed nor came in since `before`, ms. */
export const deleteOldThrottle = (db: Db, before: number): Promise<number> =>
  db
    .knex('access_throttle')
    .where('failed_at', '<', toDb(before))
    .where((good) => good.whereNull('good_at').orWhere('good_at', '<', toDb(before)))
    .del();
