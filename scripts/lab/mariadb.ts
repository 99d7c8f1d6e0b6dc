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
import { type Child, run, startChild } from './process.js';
import { until } from './wait.js';

export interface MariaDb {
  /** Of the database `dialhook`, over TCP: `mysql://user:password@127.0.0.1:port/dialhook`. */
  readonly url: string;
  /** The same database over the Unix socket. */
  readonly socketUrl: string;
  readonly port: number;
  readonly socket: string;
  readonly folder: string;
  readonly logPath: string;
  pid(): number;
  /** Makes another empty database that the same user owns, and gives its URL. */
  createDatabase(): Promise<string>;
  /** Runs SQL as the database's own administrator (locks, kills, variables). */
  admin(sql: string): Promise<unknown>;
  /** Ends it in good order; start() brings it back with its data. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would; start() brings it back. */
  kill(): Promise<void>;
  /** SIGSTOP: connections are taken by the kernel, nothing is answered. */
  freeze(): void;
  thaw(): void;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

const START_MS = 30_000;

/** Starts a private MariaDB. @throws Error that names the missing program or shows the server's last lines. */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = temporaryFolder('mariadb');
  const data = join(folder, 'data');
  const [socket, logPath] = [join(folder, 'db.sock'), join(folder, 'mariadbd.log')];
  await run('copy of the empty database', 'cp', ['-r', '--sparse=always', '--reflink=auto', await template(), data]);
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  let server = await launch(data, socket, port, logPath);
  const admin = async (sql: string) => {
    const link = await mysql.createConnection({ socketPath: socket, user: 'root', multipleStatements: true });
    try {
      const [rows] = await link.query(sql);
      return rows;
    } finally {
      await link.end();
    }
  };
  const create = (name: string) =>
    admin(
      `CREATE DATABASE ${name} CHARACTER SET utf8mb4; GRANT ALL ON ${name}.* TO dialhook@localhost, dialhook@'127.0.0.1'`,
    );
  await admin(
    `CREATE USER dialhook@localhost IDENTIFIED BY '${password}'; CREATE USER dialhook@'127.0.0.1' IDENTIFIED BY '${password}'`,
  );
  await create('dialhook');
  const urlOf = (name: string) => `mysql://dialhook:${password}@127.0.0.1:${port}/${name}`;
  let made = 0;
  return {
    url: urlOf('dialhook'),
    socketUrl: `mysql://dialhook:${password}@localhost/dialhook?socket=${encodeURIComponent(socket)}`,
    port,
    socket,
    folder,
    logPath,
    pid: () => server.pid,
    admin,
    async createDatabase() {
      const name = `dialhook_${++made}`;
      await create(name);
      return urlOf(name);
    },
    async stop() {
      await server.stop();
    },
    async kill() {
      await server.kill();
    },
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    async start() {
      if (server.exit() !== null) server = await launch(data, socket, port, logPath);
    },
    async remove() {
      await server.stop();
      removeFolder(folder);
    },
  };
}

let shared: Promise<MariaDb> | null = null;
/** One MariaDB for the whole process, started at the first call and removed when the process leaves. Freeze or kill only one of your own. */
export function sharedMariaDb(): Promise<MariaDb> {
  shared ??= startMariaDb();
  return shared;
}

/** Ends the shared MariaDB if there is one (a test run's last hook). */
export async function endSharedMariaDb(): Promise<void> {
  const running = shared;
  shared = null;
  await (await running)?.remove();
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

async function launch(data: string, socket: string, port: number, logPath: string): Promise<Child> {
  const places = [
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--port=${port}`,
    `--pid-file=${data}/pid`,
    `--tmpdir=${data}`,
  ];
  const args = ['--no-defaults', ...asUser(), ...places, ...SETTINGS, ...SIZES];
  const server = await startChild('mariadbd', program('mariadbd'), args, { logFile: logPath, graceMs: 20_000 });
  try {
    await until(() => ready(server, socket), { deadline: START_MS, every: 25, what: 'mariadbd to accept connections' });
  } catch (error) {
    await server.kill();
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}; its log ends with:\n${server.output().slice(-3000)}`,
    );
  }
  return server;
}

async function ready(server: Child, socket: string): Promise<boolean> {
  if (server.exit() !== null) throw new Error(`mariadbd ended at once`);
  const link = await mysql.createConnection({ socketPath: socket, user: 'root', connectTimeout: 2000 });
  await link.end();
  return true;
}

/** The data folder of a database never used, kept in the cache by version. Only this system user may log in, as `root`, over the socket. */
async function template(): Promise<string> {
  const version =
    (await run('mariadbd --version', program('mariadbd'), ['--no-defaults', '--version'])).match(
      /\d+\.\d+\.\d+/,
    )?.[0] ?? '0';
  return cached(`mariadb-empty-${version}-1-uid${process.getuid?.() ?? 0}`, async (folder) => {
    const login = ['--auth-root-authentication-method=socket', `--auth-root-socket-user=${userName()}`];
    const args = ['--no-defaults', ...asUser(), `--datadir=${folder}`, '--skip-test-db', ...login, ...SIZES];
    await run('mariadb-install-db', program('mariadb-install-db'), args, { timeoutMs: 120_000 });
  });
}

const userName = () => userInfo().username;
// mariadbd refuses to run as root unless it is told to by name.
const asUser = () => (process.getuid?.() === 0 ? ['--user=root'] : []);

function program(name: string): string {
  for (const folder of ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/usr/local/sbin']) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(`${name} is not installed; "make setup" installs it`);
}
