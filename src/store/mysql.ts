// MySQL and MariaDB, alone or as the nodes of a Galera cluster: how a connection is made, and what happens when it breaks.
import { createRequire } from 'node:module';
import knex, { type Knex } from 'knex';
import { format, type SqlValue } from 'mysql2';
import type { Db, SentAs, Settings } from './database.js';
import { ASK, clusterOf, createNodes, fitness, inCluster, isGone, isSpoiled, type Nodes } from './nodes.js';

const require = createRequire(import.meta.url);

interface Connection {
  query(options: { sql: string; timeout: number }, done: (error: Error | null, rows?: unknown) => void): void;
  destroy(): void;
  /** Which of the servers it leads to. */
  dialhookNode?: number;
}

interface Query {
  sql: string;
  options?: SentAs & Record<string, unknown>;
  response?: unknown;
}

interface Runner {
  run(): Promise<unknown>;
}

/** What of knex's client is overridden here; its own types do not know all of it. */
interface Base {
  connectionSettings: object;
  transacting?: boolean;
  _query(connection: Connection, query: Query): Promise<unknown>;
  acquireRawConnection(): Promise<Connection>;
  validateConnection(connection: Connection): boolean;
  runner(builder: unknown): Runner;
}

/** Opens a database that one or several servers hold. Nothing is connected yet. */
export function openMysql(servers: readonly URL[], settings: Settings): Db {
  const targets = servers.map(targetOf);
  const nodes = createNodes(targets.map(({ place }) => place));
  const name = servers[0]?.pathname.slice(1) ?? '';
  const instance = knex({
    client: clientOf(
      targets.map(({ options }) => ({ ...options, ...common(settings, targets.length) })),
      nodes,
      settings,
    ),
    connection: { ...targets[0]?.options },
    // Said, because knex would ask for it by a question without a deadline.
    version: '8.0',
    log: settings.log,
    // An error's text would hold every number and name of the query.
    compileSqlOnError: false,
    acquireConnectionTimeout: settings.connectTimeoutMs,
    pool: { min: 0, max: settings.poolMax },
  });
  return {
    knex: instance,
    dialect: 'mysql',
    get where() {
      const { place, of } = nodes.now();
      return `MySQL database ${name} at ${place}${of > 1 ? ` (one of ${of})` : ''}`;
    },
    node: nodes.now,
    close: () => instance.destroy(),
  };
}

function targetOf(url: URL): { place: string; options: object } {
  const socketPath = url.searchParams.get('socket');
  const port = url.port ? Number(url.port) : 3306;
  // Brackets belong to the URL, not to the address.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const login = {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  };
  return {
    place: socketPath ?? `${url.hostname}:${port}`,
    options: { ...(socketPath ? { socketPath } : { host, port }), ...login },
  };
}

const common = ({ connectTimeoutMs }: Settings, servers: number) => ({
  charset: 'utf8mb4',
  timezone: 'Z',
  dateStrings: true,
  supportBigNumbers: true,
  // All of them are tried within the time that one has.
  connectTimeout: Math.ceil(connectTimeoutMs / servers),
  // Without values there is nothing to write into a text, and no need to look through a megabyte of it for a place.
  queryFormat: (sql: string, values: unknown) =>
    Array.isArray(values) && values.length === 0 ? sql : format(sql, values as SqlValue, false, 'Z'),
});

// READ COMMITTED: nothing here needs more, and it takes no gap locks. Strict mode: a value is never cut in silence.
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5",
];
// A node may be some write-sets behind the one that was used before. Once, at the beginning, it waits until it has them all:
// from then on all that we wrote is there to be read.
const CAUGHT_UP = ['SET SESSION wsrep_sync_wait = 1', 'SELECT 1', 'SET SESSION wsrep_sync_wait = 0'];

function clientOf(targets: readonly object[], nodes: Nodes, settings: Settings): typeof Knex.Client {
  const Parent = require('knex/lib/dialects/mysql2/index.js') as new (config: Knex.Config) => Base;
  class Mysql extends Parent {
    override async acquireRawConnection(): Promise<Connection> {
      const failures: string[] = [];
      let last: unknown;
      let poor: (() => Connection) | null = null;
      for (const n of nodes.order()) {
        try {
          const made = await this.connectTo(n);
          if (made.fit || targets.length === 1) return made.take();
          if (poor) made.connection.destroy();
          else poor = made.take;
        } catch (error) {
          last = error;
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
      if (poor) return poor();
      if (targets.length === 1) throw last;
      throw Object.assign(new Error(`none of ${targets.length} database servers can be used: ${failures.join('; ')}`), {
        code: (last as { code?: string } | undefined)?.code,
      });
    }

    async connectTo(n: number): Promise<{ connection: Connection; fit: boolean; take: () => Connection }> {
      // Read by knex before anything waits, so that two attempts at once don't meet here.
      this.connectionSettings = targets[n] ?? {};
      const connection = await super.acquireRawConnection();
      connection.dialhookNode = n;
      try {
        const said = new Map(await ask(connection, ASK.variables));
        if (inCluster(said)) for (const [name, value] of await ask(connection, ASK.status)) said.set(name, value);
        const fit = fitness(said);
        // A lone server that is read-only is left to say so itself, to whoever writes.
        if (fit.use === 'no' && (targets.length > 1 || inCluster(said)))
          throw Object.assign(new Error(`${this.placeOf(n)}: ${fit.why}`), {
            code: 'ER_UNKNOWN_COM_ERROR',
            errno: 1047,
          });
        for (const sql of [...SESSION, ...(inCluster(said) ? CAUGHT_UP : [])]) await ask(connection, sql);
        const take = () => {
          nodes.use(n, clusterOf(said));
          return connection;
        };
        return { connection, fit: fit.use === 'best', take };
      } catch (error) {
        connection.destroy();
        throw error;
      }
    }

    placeOf(n: number): string {
      const { host, port, socketPath } = targets[n] as { host?: string; port?: number; socketPath?: string };
      return socketPath ?? `${host}:${port}`;
    }

    /** Those that lead to a server which is not used any more are let go. */
    override validateConnection(connection: Connection): boolean {
      return super.validateConnection(connection) && connection.dialhookNode === nodes.inUse();
    }

    override async _query(connection: Connection, query: Query): Promise<unknown> {
      // knex puts the query's own sql before the text of an error: that stays the one without values.
      const { text = query.sql, ...options } = query.options ?? {};
      const sent: Query = { ...query, sql: text, options: { timeout: settings.queryTimeoutMs, ...options } };
      try {
        await super._query(connection, sent);
        return Object.assign(query, { response: sent.response });
      } catch (error) {
        delete (error as { sql?: string }).sql;
        if (isSpoiled(error)) connection.destroy();
        throw error;
      }
    }

    /** A single statement that met another transaction, or a question whose server went away, is put once more. */
    override runner(builder: unknown): Runner {
      const first = super.runner(builder);
      if (this.transacting) return first;
      const run = first.run.bind(first);
      first.run = () =>
        run().catch((error: unknown) => {
          const again = isDeadlock(error) || (targets.length > 1 && isGone(error) && isQuestion(builder));
          if (!again) throw error;
          return super.runner(builder).run();
        });
      return first;
    }
  }
  const ask = (connection: Connection, sql: string) =>
    new Promise<[string, string][]>((resolve, reject) => {
      connection.query({ sql, timeout: settings.queryTimeoutMs }, (error, rows) => {
        if (error) return reject(error);
        const list = Array.isArray(rows) ? (rows as { Variable_name: string; Value: string }[]) : [];
        resolve(list.map((row) => [row.Variable_name, row.Value]));
      });
    });
  return Mysql as unknown as typeof Knex.Client;
}

/** Of a statement that is its own transaction nothing was done. A cluster answers so too, when another node was first. */
const isDeadlock = (error: unknown) => (error as { errno?: number }).errno === 1213;

function isQuestion(builder: unknown): boolean {
  const { _method, sql } = builder as { _method?: string; sql?: unknown };
  if (typeof sql === 'string') return /^\s*(SELECT|SHOW)\b/i.test(sql) && !/FOR UPDATE|GET_LOCK/i.test(sql);
  return _method === 'select' || _method === 'first' || _method === 'pluck';
}
