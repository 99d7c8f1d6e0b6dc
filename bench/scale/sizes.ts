// How many rows and bytes a finished call leaves.
import type { Db } from '../../src/store/database.js';
import type { Metrics } from './metrics.js';

export interface Sizes {
  /** Rows and bytes a call, by table, and a line about the journal. */
  text: string;
  rows: number;
  eventBytes: number;
  otherBytes: number;
  journalBytes: number;
}

export async function sizesOf(db: Db, metrics: Metrics): Promise<Sizes> {
  const names = (await db
    .knex('information_schema.tables')
    .whereRaw("table_schema = DATABASE() AND table_type = 'BASE TABLE'")
    .pluck('table_name')) as string[];
  await db.knex.raw(`ANALYZE TABLE ${names.map((name) => `\`${name}\``).join(', ')}`);
  const tables = (await db
    .knex('information_schema.tables')
    .whereRaw("table_schema = DATABASE() AND table_type = 'BASE TABLE'")
    .select({ name: 'table_name' })
    .select({ bytes: db.knex.raw('data_length + index_length') })) as { name: string; bytes: number }[];
  const calls = await countOf(db, 'cdr_calls');
  const counted = await Promise.all(
    tables.map(async ({ name, bytes }) => ({
      name,
      rows: (await countOf(db, name)) / calls,
      bytes: Number(bytes) / calls,
    })),
  );
  const large = counted
    .filter(({ name, rows }) => !name.startsWith('rt_') && rows >= 0.05)
    .sort((a, b) => b.bytes - a.bytes);
  const total = { name: 'together', rows: sum(large.map((t) => t.rows)), bytes: sum(large.map((t) => t.bytes)) };
  const journal = metrics.one('dialhook_journal_bytes') / calls;
  const text = [
    `${calls} finished calls left, each:`,
    '',
    '| table | rows | bytes on disk, keys included |',
    '|---|---|---|',
    ...[...large, total].map(({ name, rows, bytes }) => `| ${name} | ${rows.toFixed(2)} | ${Math.round(bytes)} |`),
    '',
    `The journal took ${Math.round(journal)} bytes a call.`,
  ].join('\n');
  const eventBytes = large.find(({ name }) => name === 'events')?.bytes ?? 0;
  return { text, rows: total.rows, eventBytes, otherBytes: total.bytes - eventBytes, journalBytes: journal };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

async function countOf(db: Db, table: string): Promise<number> {
  const [row] = (await db.knex(table).count({ n: '*' })) as { n: number }[];
  return Number(row?.n ?? 0);
}
