// Questions to the database about itself.
import type { Db } from './database.js';
import { ASK, inCluster } from './nodes.js';
import { fromDb } from './time.js';

/** Its name and version, such as `MariaDB 10.11.6`; a real question, so it also proves that the database answers. */
export async function productOf(db: Db): Promise<string> {
  if (db.dialect === 'sqlite') {
    const [row] = (await db.knex.raw('SELECT sqlite_version() AS version')) as { version: string }[];
    return `SQLite ${row?.version ?? ''}`;
  }
  const [rows] = (await db.knex.raw('SELECT VERSION() AS version')) as [{ version: string }[]];
  const version = rows[0]?.version ?? '';
  return /mariadb/i.test(version) ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version}`;
}

/** What a Galera cluster and our tables in it are like, as the node in use tells it. */
export interface ClusterHealth {
  node: string;
  /** Nodes that are together, and addresses of theirs for clients. */
  size: number;
  addresses: string[];
  /** `Synced`, `Donor/Desynced`, … */
  state: string;
  /** Share of the time since its start during which it had to wait for slower nodes, 0 to 1. */
  paused: number;
  /** Its transactions that were refused because another node was first. */
  refused: number;
  /** Tables without a primary key, which a cluster does not keep alike, and those that it does not replicate at all. */
  keyless: string[];
  foreign: string[];
  syncWait: number;
  autoIncrement: number;
}

/** Nodes of the cluster that are together now, as the one in use tells. */
export async function clusterSize(db: Db): Promise<number> {
  const [rows] = (await db.knex.raw("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'")) as [{ Value: string }[]];
  return Number(rows[0]?.Value ?? 0);
}

/** Null where the database is no cluster. */
export async function clusterHealth(db: Db): Promise<ClusterHealth | null> {
  if (db.dialect === 'sqlite') return null;
  const pairs = async (sql: string) => {
    const [rows] = (await db.knex.raw(sql)) as [{ Variable_name: string; Value: string }[]];
    return rows.map((row): [string, string] => [row.Variable_name, row.Value]);
  };
  const said = new Map(await pairs(ASK.variables));
  if (!inCluster(said)) return null;
  for (const [name, value] of await pairs(ASK.status)) said.set(name, value);
  for (const [name, value] of await pairs(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('wsrep_sync_wait', 'auto_increment_increment')",
  ))
    said.set(name, value);
  const [tables] = (await db.knex.raw(
    `SELECT t.table_name AS name, t.engine AS engine, MAX(k.constraint_name = 'PRIMARY') AS keyed
     FROM information_schema.tables t LEFT JOIN information_schema.table_constraints k
       ON k.table_schema = t.table_schema AND k.table_name = t.table_name
     WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' GROUP BY t.table_name, t.engine`,
  )) as [{ name: string; engine: string; keyed: number | null }[]];
  const number = (name: string) => Number(said.get(name) ?? 0);
  return {
    node: said.get('wsrep_node_name') ?? '',
    size: number('wsrep_cluster_size'),
    addresses: (said.get('wsrep_incoming_addresses') ?? '').split(',').filter((one) => /:\d+$/.test(one)),
    state: said.get('wsrep_local_state_comment') ?? '',
    paused: number('wsrep_flow_control_paused'),
    refused: number('wsrep_local_cert_failures') + number('wsrep_local_bf_aborts'),
    keyless: tables.filter(({ keyed }) => !Number(keyed)).map(({ name }) => name),
    foreign: tables.filter(({ engine }) => engine !== 'InnoDB').map(({ name }) => name),
    syncWait: number('wsrep_sync_wait'),
    autoIncrement: number('auto_increment_increment'),
  };
}

/** Whether our tables can be read now; a question that costs next to nothing. Rejects when the database does not answer. */
export async function tablesAnswer(db: Db): Promise<boolean> {
  await db.knex('journals').select('server').limit(1);
  return true;
}

/** Its clock, ms since the epoch; null for an embedded one, which has this host's. */
export async function clockOf(db: Db): Promise<number | null> {
  if (db.dialect === 'sqlite') return null;
  const [rows] = (await db.knex.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [{ now: string }[]];
  return rows[0] ? fromDb(rows[0].now) : null;
}
