// A private MariaDB on the loopback: own data folder, own socket and port, a user with a random password.
// The empty data folder is made once and copied from the cache: a start takes well under a second.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { cached } from './cache.js';
import { removeFolder, temporaryFolder } from './leaving.js';
import { freePort } from './ports.js';
import { run, startChild } from './process.js';
import { ended, type Service, startService, whenReady } from './service.js';
import { until } from './wait.js';

export interface MariaDb extends Service {
  /** Of the database `dialhook`, over TCP: `mysql://user:password@127.0.0.1:port/dialhook`. */
  readonly url: string;
  /** The same database over the Unix socket. */
  readonly socketUrl: string;
  readonly port: number;
  readonly socket: string;
  readonly folder: string;
  readonly logPath: string;
  /** Makes another empty database that the same user owns, and gives its URL. */
  createDatabase(): Promise<string>;
  /** Runs SQL as the database's own administrator (locks, kills, variables). */
  admin(sql: string): Promise<unknown>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

const START_MS = 60_000;

/** Starts a private MariaDB; `background` lets our process end while it runs. @throws Error that names the missing program or shows the server's last lines. */
export async function startMariaDb({ background = false } = {}): Promise<MariaDb> {
  const folder = temporaryFolder('mariadb');
  const place: Place = { folder, data: join(folder, 'data'), socket: join(folder, 'db.sock'), port: await freePort() };
  const logPath = join(folder, 'mariadbd.log');
  await copyEmpty(place.data);
  const service = await startService(() => launch(place, logPath, background));
  const admin = (sql: string) => asAdministrator(place.socket, sql);
  const password = randomBytes(16).toString('hex');
  for (const host of ['localhost', '127.0.0.1'])
    await admin(`CREATE USER dialhook@'${host}' IDENTIFIED BY '${password}'`);
  const create = (name: string) =>
    admin(
      `CREATE DATABASE ${name} CHARACTER SET utf8mb4; GRANT ALL ON ${name}.* TO dialhook@localhost, dialhook@'127.0.0.1'`,
    );
  const urlOf = (name: string, host: string) => `mysql://dialhook:${password}@${host}/${name}`;
  const tcp = `127.0.0.1:${place.port}`;
  await create('dialhook');
  let made = 0;
  return {
    ...service,
    ...place,
    url: urlOf('dialhook', tcp),
    socketUrl: `${urlOf('dialhook', 'localhost')}?socket=${encodeURIComponent(place.socket)}`,
    logPath,
    admin,
    async createDatabase() {
      const name = `dialhook_${++made}`;
      await create(name);
      return urlOf(name, tcp);
    },
    async remove() {
      await service.stop();
      removeFolder(folder);
    },
  };
}

let shared: Promise<MariaDb> | null = null;
/**
 * One MariaDB for the whole process, started at the first call, removed when the process leaves or by endSharedMariaDb().
 * Take a database of your own with createDatabase(). Freeze or kill only a server of your own.
 */
export function sharedMariaDb(): Promise<MariaDb> {
  shared ??= startMariaDb({ background: true });
  return shared;
}

/** Ends the shared MariaDB now, if there is one. */
export async function endSharedMariaDb(): Promise<void> {
  const running = shared;
  shared = null;
  await (await running)?.remove();
}

export interface Place {
  folder: string;
  data: string;
  socket: string;
  port: number;
}

// A commit must outlive the server's death, not the machine's: that saves an fsync per commit.
const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_unicode_ci',
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-buffer-pool-size=64M',
  '--max-connections=300',
  '--performance-schema=OFF',
];
const SIZES = ['--innodb-log-file-size=32M', '--innodb-data-file-path=ibdata1:4M:autoextend'];
// mariadbd refuses to run as root unless it is told to by name.
const asUser = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** What a server of another make than the plain one needs beside its place. */
export interface Make {
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Gives true when it can be used; `SELECT 1` is answered unless said. */
  ready?(): Promise<boolean>;
}

/** Starts mariadbd in its place; resolves when it can be used. */
export async function launch({ data, socket, port }: Place, logFile: string, background: boolean, make?: Make) {
  const places = [
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--port=${port}`,
    `--pid-file=${data}/pid`,
    `--tmpdir=${data}`,
  ];
  const args = ['--no-defaults', ...asUser(), ...places, ...SETTINGS, ...SIZES, ...(make?.args ?? [])];
  const server = await startChild('mariadbd', mariadbProgram('mariadbd'), args, {
    ...(make?.env && { env: make.env }),
    logFile,
    graceMs: 20_000,
    background,
  });
  const answers = async () => {
    await asAdministrator(socket, 'SELECT 1');
    return true;
  };
  const ready = make?.ready ?? answers;
  const patience = {
    deadline: START_MS,
    every: 25,
    what: 'mariadbd to accept connections',
    unless: () => ended(server),
  };
  return whenReady(server, () => until(ready, patience));
}

/** Runs SQL as the administrator, over the socket. */
export async function asAdministrator(socketPath: string, sql: string): Promise<unknown> {
  const link = await mysql.createConnection({
    socketPath,
    user: userInfo().username,
    multipleStatements: true,
    connectTimeout: 30_000,
  });
  try {
    return (await link.query(sql))[0];
  } finally {
    await link.end();
  }
}

/** Copies the data folder of a database never used. */
export const copyEmpty = async (to: string): Promise<unknown> =>
  run('copy of the empty database', 'cp', ['-r', '--sparse=always', '--reflink=auto', await template(), to]);

/** The data folder of a database never used, kept in the cache by version. Its administrator has the name of this system user, and only that user gets in, over the socket. */
async function template(): Promise<string> {
  const said = await run('mariadbd --version', mariadbProgram('mariadbd'), ['--no-defaults', '--version']);
  const version = /\d+\.\d+\.\d+/.exec(said)?.[0] ?? '0';
  const user = userInfo();
  return cached(`mariadb-empty-${version}-2-uid${user.uid}`, async (folder) => {
    const login = ['--auth-root-authentication-method=socket', `--auth-root-socket-user=${user.username}`];
    const args = ['--no-defaults', ...asUser(), `--datadir=${folder}`, '--skip-test-db', ...login, ...SIZES];
    await run('mariadb-install-db', mariadbProgram('mariadb-install-db'), args, { timeoutMs: 120_000 });
  });
}

/** Path of a program of MariaDB. @throws Error that says how to install it. */
export function mariadbProgram(name: string): string {
  for (const folder of ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/usr/local/sbin']) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(`${name} is not installed; "make setup" installs it`);
}
