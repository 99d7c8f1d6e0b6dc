// Who is behind a number. Numbers are compared by their digits alone: `+998 00 123` and `99800123` are one client.
import { type Db, transact } from './database.js';
import { upsertAll } from './insert.js';
import { cut } from './text.js';

export interface Client {
  number: string;
  name: string;
  company: string;
  vip: boolean;
}

interface Stored {
  digits: string;
  number: string;
  name: string;
  company: string;
  vip: number;
}

/** The digits of a number; empty for one without any, which is nobody's. */
export const digitsOf = (number: string): string => number.replace(/\D/g, '').slice(0, 32);

const fromStored = (row: Stored): Client => ({
  number: row.number,
  name: row.name,
  company: row.company,
  vip: Boolean(row.vip),
});

export async function findClient(db: Db, number: string): Promise<Client | null> {
  return (await findClients(db, [number])).get(digitsOf(number)) ?? null;
}

/** Clients of several numbers, by digits. */
export async function findClients(db: Db, numbers: readonly string[]): Promise<Map<string, Client>> {
  const digits = [...new Set(numbers.map(digitsOf).filter((d) => d !== ''))];
  if (digits.length === 0) return new Map();
  const rows = (await db.knex('clients').whereIn('digits', digits)) as Stored[];
  return new Map(rows.map((row) => [row.digits, fromStored(row)]));
}

/** Adds clients; one whose number is there already is overwritten. Numbers without digits are refused by name. */
export async function saveClients(db: Db, clients: readonly Client[]): Promise<void> {
  const rows = new Map<string, Record<string, unknown>>();
  for (const { number, name, company, vip } of clients) {
    const digits = digitsOf(number);
    if (digits === '') throw new Error(`"${number}" has no digits: it is no telephone number`);
    rows.set(digits, { digits, number, name: cut(name, 255), company: cut(company, 255), vip: vip ? 1 : 0 });
  }
  await transact(db, (trx) => upsertAll(trx, 'clients', 'digits', [...rows.values()]));
}

export async function listClients(db: Db, limit: number): Promise<Client[]> {
  return ((await db.knex('clients').orderBy('name').limit(limit)) as Stored[]).map(fromStored);
}

/** Returns whether there was such a client. */
export async function removeClient(db: Db, number: string): Promise<boolean> {
  return (
    (await db
      .knex('clients')
      .where({ digits: digitsOf(number) })
      .del()) > 0
  );
}
