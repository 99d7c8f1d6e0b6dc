// Dialhook's own database and users on a MariaDB or MySQL that others use too. Only what is named here is made, and only that is dropped.
import { openDatabase } from './database.js';

export interface OwnDatabase {
  name: string;
  user: string;
  /** From where the user may come: `localhost`, `%`. */
  host: string;
  /** A second user that may only read columns of another database; null for none. */
  reader: string | null;
}

/** What is there already under these names. */
export interface Taken {
  database: boolean;
  user: boolean;
  reader: boolean;
}

type Ask = (sql: string, values?: readonly string[]) => Promise<Record<string, unknown>[]>;

async function asking<T>(url: string, act: (ask: Ask) => Promise<T>): Promise<T> {
  const db = openDatabase(url, { queryTimeoutMs: 60_000, poolMax: 1 });
  try {
    return await act(async (sql, values = []) => {
      const [rows] = (await db.knex.raw(sql, values as string[])) as [Record<string, unknown>[]];
      return rows;
    });
  } finally {
    await db.close();
  }
}

const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;

/** Whether this login may make databases and users. Rejects when it can not log in. */
export const mayMake = (admin: string): Promise<boolean> =>
  asking(admin, async (ask) => {
    const grants = (await ask('SHOW GRANTS')).map((row) => String(Object.values(row)[0]));
    return grants.some(
      (one) =>
        /^GRANT (ALL PRIVILEGES|.*\bCREATE USER\b.*) ON \*\.\*/.test(one) && /ALL PRIVILEGES|GRANT OPTION/.test(one),
    );
  });

export const lookAt = (admin: string, { name, user, host, reader }: OwnDatabase): Promise<Taken> =>
  asking(admin, async (ask) => {
    const databases = await ask('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [name]);
    const has = async (who: string) =>
      (await ask('SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?', [who, host])).length > 0;
    return { database: databases.length > 0, user: await has(user), reader: reader !== null && (await has(reader)) };
  });

/** Whether there is a database of that name. */
export const hasDatabase = (admin: string, name: string): Promise<boolean> =>
  asking(
    admin,
    async (ask) => (await ask('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [name])).length > 0,
  );

/** The statements, for somebody who runs them by hand; `password` stands where it belongs. */
export const makingSql = ({ name, user, host }: OwnDatabase, password: string): string[] => [
  `CREATE DATABASE ${quoted(name)} CHARACTER SET utf8mb4`,
  `CREATE USER '${user}'@'${host}' IDENTIFIED BY '${password}'`,
  `GRANT ALL PRIVILEGES ON ${quoted(name)}.* TO '${user}'@'${host}'`,
];

/**
 * Makes database and users. The grants of the reader may name tables that are not there: such a one is passed over. When a statement
 * fails, what those before it made goes again, and nothing else: what is there already is somebody's.
 */
export const makeDatabase = (
  admin: string,
  own: OwnDatabase,
  passwords: { user: string; reader: string },
  readerGrants: readonly string[],
): Promise<void> =>
  asking(admin, async (ask) => {
    const undo: (() => Promise<unknown>)[] = [];
    const user = async (name: string, password: string) => {
      await ask('CREATE USER ?@? IDENTIFIED BY ?', [name, own.host, password]);
      undo.push(() => ask('DROP USER ?@?', [name, own.host]));
    };
    try {
      await ask(`CREATE DATABASE ${quoted(own.name)} CHARACTER SET utf8mb4`);
      undo.push(() => ask(`DROP DATABASE ${quoted(own.name)}`));
      await user(own.user, passwords.user);
      await ask(`GRANT ALL PRIVILEGES ON ${quoted(own.name)}.* TO ?@?`, [own.user, own.host]);
      if (own.reader === null) return;
      await user(own.reader, passwords.reader);
      for (const grant of readerGrants) await ask(grant).catch(passMissing);
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  });

function passMissing(error: unknown): Record<string, unknown>[] {
  const code = (error as { code?: string }).code;
  if (code === 'ER_NO_SUCH_TABLE' || code === 'ER_BAD_FIELD_ERROR') return [];
  throw error;
}

/** Drops them, each if it is there. */
export const dropDatabase = (admin: string, { name, user, host, reader }: OwnDatabase): Promise<void> =>
  asking(admin, async (ask) => {
    await ask(`DROP DATABASE IF EXISTS ${quoted(name)}`);
    for (const one of [user, reader]) if (one !== null) await ask('DROP USER IF EXISTS ?@?', [one, host]);
  });
