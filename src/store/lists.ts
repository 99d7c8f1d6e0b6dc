// The lists that become dialplan: who is refused, who comes first, which number leads where. Numbers are compared by their digits.
import { digitsOf } from './clients.js';
import type { Db } from './database.js';
import { upsertAll } from './insert.js';
import { cut } from './text.js';
import { fromDb, toDb } from './time.js';

export interface Refused {
  number: string;
  /** Why, for people; it never leaves the tables. */
  reason: string;
  /** Until when, ms; null: for good. */
  until: number | null;
}

export interface Vip {
  number: string;
  name: string;
  /** As app_queue takes it: a higher one stands before a lower one. */
  priority: number;
}

export interface Route {
  number: string;
  context: string;
  exten: string;
  priority: number;
  note: string;
}

export interface Lists {
  blacklist: Refused[];
  vips: Vip[];
  routes: Route[];
}

type Row = Record<string, string | number | null>;
const TABLES = { blacklist: 'list_blacklist', vips: 'list_vips', routes: 'list_routes' } as const;
export type ListName = keyof typeof TABLES;

const text = (value: string | number | null | undefined): string => String(value ?? '');
const FROM: { [K in ListName]: (row: Row) => Lists[K][number] } = {
  blacklist: (row) => ({
    ...{ number: text(row['number']), reason: text(row['reason']) },
    until: row['until_at'] ? fromDb(text(row['until_at'])) : null,
  }),
  vips: (row) => ({ number: text(row['number']), name: text(row['name']), priority: Number(row['priority']) }),
  routes: (row) => ({
    ...{ number: text(row['number']), context: text(row['context']), exten: text(row['exten']) },
    ...{ priority: Number(row['priority']), note: text(row['note']) },
  }),
};
const INTO: { [K in ListName]: (entry: Lists[K][number]) => Row } = {
  blacklist: ({ reason, until }) => ({ reason: cut(reason, 255), until_at: toDb(until) }),
  vips: ({ name, priority }) => ({ name: cut(name, 255), priority }),
  routes: ({ context, exten, priority, note }) => ({ context, exten, priority, note: cut(note, 255) }),
};

/** One list, by number. */
export async function listEntries<K extends ListName>(db: Db, list: K): Promise<Lists[K]> {
  const rows = (await db.knex(TABLES[list]).orderBy('digits')) as Row[];
  return rows.map(FROM[list]) as Lists[K];
}

/** Adds entries; one whose number is there already is overwritten. Throws for a number without digits. */
export async function saveEntries<K extends ListName>(db: Db, list: K, entries: Lists[K], now: number): Promise<void> {
  const rows = entries.map((entry) => {
    const digits = digitsOf(entry.number);
    if (digits === '') throw new Error(`"${entry.number}" has no digits: it is no telephone number`);
    return { digits, number: cut(entry.number, 255), ...INTO[list](entry), added_at: toDb(now) };
  });
  await db.knex.transaction((trx) => upsertAll(trx, TABLES[list], 'digits', rows));
}

/** Returns whether there was such an entry. */
export async function removeEntry(db: Db, list: ListName, number: string): Promise<boolean> {
  return (
    (await db
      .knex(TABLES[list])
      .where({ digits: digitsOf(number) })
      .del()) > 0
  );
}

/** All lists. Clients that are marked as VIPs are on their list with `vipPriority`, unless they have a line of their own. */
export async function readLists(db: Db, vipPriority: number): Promise<Lists> {
  const own = await listEntries(db, 'vips');
  const known = new Set(own.map(({ number }) => digitsOf(number)));
  const clients = (await db.knex('clients').where({ vip: 1 }).orderBy('digits').select('digits', 'name')) as {
    digits: string;
    name: string;
  }[];
  const marked = clients
    .filter(({ digits }) => !known.has(digits))
    .map(({ digits, name }) => ({ number: digits, name, priority: vipPriority }));
  return {
    blacklist: await listEntries(db, 'blacklist'),
    vips: [...own, ...marked],
    routes: await listEntries(db, 'routes'),
  };
}
