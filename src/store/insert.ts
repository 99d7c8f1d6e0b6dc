// Many rows in few statements: 500 rows a statement is where MySQL gains no more, and SQLite allows 32,766 values in one.
import type { Knex } from 'knex';
import { escape as asLiteral, type SqlValue } from 'mysql2';
import { type SentAs, writesText } from './database.js';

const ROWS = 500;
const VALUES = 30_000;
/** Keys in one question: with more of them than some hundreds MariaDB no longer looks each of them up, and may read the whole table. */
const KEYS = 500;

/** A statement that is ready, and not sent yet. */
export type Statement = () => Promise<unknown>;
type Row = Record<string, unknown>;

/** Inserts all rows into a table. Nothing happens for none. */
export const insertAll = (trx: Knex, table: string, rows: readonly Row[]): Promise<void> =>
  sendAll(inserts(trx, table, rows));

/** Inserts all rows; a row whose key is there already is overwritten. */
export const upsertAll = (trx: Knex, table: string, key: string | string[], rows: readonly Row[]): Promise<void> =>
  sendAll(upserts(trx, table, key, rows));

/** The statements of insertAll, each made when it is asked for. */
export function* inserts(trx: Knex, table: string, rows: readonly Row[]): Generator<Statement> {
  for (const part of parts(rows)) {
    const ready = writesText(trx) ? insertOf(table, part, '') : null;
    yield ready ? () => sendText(trx, ready) : async () => trx(table).insert(part);
  }
}

/**
 * The statements of upsertAll; of a row that is there already only the columns of `merge` are overwritten, all unless said. `turn`
 * takes a row as a lock: its column of that name is counted on.
 */
export function* upserts(
  trx: Knex,
  table: string,
  key: string | string[],
  rows: readonly Row[],
  merge?: readonly string[] | 'turn',
): Generator<Statement> {
  for (const part of parts(rows)) {
    const changed = merge === 'turn' ? [] : (merge ?? Object.keys(part[0] ?? {}));
    const turn = `${name(table)}.${name('turn')} + 1`;
    const set = merge === 'turn' ? [`turn = ${turn}`] : changed.map((c) => `${name(c)} = VALUES(${name(c)})`);
    const update = ` ON DUPLICATE KEY UPDATE ${set.join(', ')}`;
    const built = async () => {
      const insert = trx(table)
        .insert(part)
        .onConflict(key as string[]);
      await (merge === 'turn' ? insert.merge({ turn: trx.raw(turn) }) : insert.merge([...changed]));
    };
    const ready = writesText(trx) ? insertOf(table, part, update) : null;
    yield ready ? () => sendText(trx, ready) : built;
  }
}

/** The statements that delete rows by one column; `and` is a condition more, as SQL. */
export function* deletes(
  trx: Knex,
  table: string,
  column: string,
  keys: readonly string[],
  and?: string,
): Generator<Statement> {
  const sql = `DELETE FROM ${name(table)} WHERE ${name(column)} IN (:keys)${and === undefined ? '' : ` AND ${and}`}`;
  for (const part of keyParts(keys)) {
    const ready = writesText(trx) ? withKeys(sql, part) : null;
    yield ready
      ? () => sendText(trx, ready)
      : async () =>
          trx(table)
            .whereIn(column, part)
            .whereRaw(and ?? '1 = 1')
            .del();
  }
}

/**
 * Sends statements one after the other; each is made while the database still works at the one before. None is sent after one
 * that failed: in MySQL a deadlock has ended the transaction, and what came behind it would stand alone.
 */
export async function sendAll(statements: Iterable<Statement> | AsyncIterable<Statement>): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve();
  try {
    for await (const send of statements) {
      await sent;
      sent = send();
      // It is awaited a moment later; a failure meanwhile is not unheard of.
      sent.catch(() => undefined);
    }
  } finally {
    // Also when the next one can't be made: what was sent is over before anybody rolls back. Its failure is the one to hear.
    await sent;
  }
}

/** Asks for some keys at a time and puts the answers together. */
export const askFor = <T>(keys: readonly string[], ask: (part: string[]) => Promise<T[]>): Promise<T[]> =>
  askAll(keyParts(keys), ask);

/**
 * Asks for each part and puts the answers together. A question is made and on its way while the answer to the one before is
 * read; so they may be questions only: one that fails does not hold back the next.
 */
export async function askAll<P, T>(all: Iterable<P>, ask: (part: P) => Promise<T[]>): Promise<T[]> {
  const found: T[] = [];
  let asked: Promise<T[]> = Promise.resolve([]);
  for (const part of all) {
    const before = asked;
    asked = ask(part);
    // It is awaited a moment later, or never when the one before fails.
    asked.catch(() => undefined);
    for (const one of await before) found.push(one);
  }
  for (const one of await asked) found.push(one);
  return found;
}

/** The rows of a question in which `:keys` stands for a list of keys, once or more; some keys at a time. */
export const rowsFor = <T>(trx: Knex, sql: string, keys: readonly string[]): Promise<T[]> =>
  askFor(keys, async (part) => {
    if (!writesText(trx)) {
      const times = sql.split(':keys').length - 1;
      const places = sql.replaceAll(':keys', part.map(() => '?').join());
      return (await trx.raw(places, Array.from({ length: times }, () => part).flat())) as T[];
    }
    const [rows] = (await sendText(trx, withKeys(sql, part))) as [T[]];
    return rows;
  });

function withKeys(sql: string, keys: readonly string[]): Ready {
  const list = keys.map((key) => asLiteral(key)).join();
  return { head: sql.replaceAll(':keys', '…'), text: sql.replaceAll(':keys', () => list) };
}

function* keyParts(keys: readonly string[]): Generator<string[]> {
  for (let i = 0; i < keys.length; i += KEYS) yield keys.slice(i, i + KEYS);
}

const name = (column: string) => `\`${column}\``;

/** An INSERT without its rows, for messages, and with them. */
interface Ready {
  head: string;
  text: string;
}

/** The driver writes the values: knex would handle each as a binding, at several times the cost. */
function insertOf(table: string, rows: readonly Row[], end: string): Ready {
  const columns = Object.keys(rows[0] ?? {});
  const begin = `INSERT INTO ${name(table)} (${columns.map(name).join(', ')}) VALUES `;
  let text = begin;
  let before = '(';
  for (const row of rows) {
    for (const column of columns) {
      const value = row[column];
      if (value === undefined) throw new TypeError(`a row of ${table} has no ${column}`);
      text += before + asLiteral(value as SqlValue, true);
      before = ',';
    }
    before = '),(';
  }
  return { head: `${begin}(…)${end}`, text: `${text})${end}` };
}

async function sendText(trx: Knex, { head, text }: Ready): Promise<unknown> {
  const options: SentAs = { text };
  return trx.raw(head).options(options);
}

function* parts(rows: readonly Row[]): Generator<Row[]> {
  const columns = Math.max(1, Object.keys(rows[0] ?? {}).length);
  const size = Math.min(ROWS, Math.floor(VALUES / columns));
  for (let i = 0; i < rows.length; i += size) yield rows.slice(i, i + size);
}
