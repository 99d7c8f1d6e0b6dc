// One laboratory: a database, one server or two that can be killed and frozen, a spool file. A round of a fault has its own.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Galera, startGalera } from '../../scripts/lab/galera.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type MariaDb, sharedMariaDb, startMariaDb } from '../../scripts/lab/mariadb.js';
import { freePort } from '../../scripts/lab/ports.js';
import { startProxy, type TcpProxy } from '../../scripts/lab/proxy.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import type { Random } from '../../src/simulator/random.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { MIGRATIONS } from '../store/migrations.js';
import { builtServer } from './built.js';
import { type Generator, type GeneratorOptions, startGenerator } from './generator.js';

export interface LabOptions {
  /** MariaDB unless said; `cluster`: three nodes of it, and each server has another of them first in its list. */
  database?: 'mysql' | 'sqlite' | 'cluster';
  /** A MariaDB of its own, which may be stopped, killed and frozen. */
  own?: boolean;
  /** The server reaches the database through `weather.database`. */
  slowDatabase?: boolean;
  /** The PBX reaches the server through `weather.server`. */
  slowServer?: boolean;
  /** Servers on the one database; 1 unless said. */
  servers?: number;
  /** DIALHOOK_* options of the servers. */
  env?: Record<string, string>;
  /** Options of node itself, such as --import. */
  node?: readonly string[];
  /** Folder of the servers' data; a temporary one unless said. */
  dataDir?: string;
  generator?: Partial<GeneratorOptions>;
}

export interface ServerControl {
  readonly port: number;
  readonly dataDir: string;
  running(): boolean;
  pid(): number;
  /** Starts it again on its port and its data; nothing happens when it runs. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  output(): string;
}

export interface Laboratory {
  readonly random: Random;
  /** A way of our own to the database. */
  readonly db: Db;
  readonly maria: MariaDb | null;
  readonly cluster: Galera | null;
  readonly server: ServerControl;
  readonly servers: readonly ServerControl[];
  readonly weather: { database: TcpProxy | null; server: TcpProxy | null };
  readonly generator: Generator;
  readonly spoolPath: string;
  /** The database's address, without any proxy, and its name as MariaDB knows it. */
  readonly url: string;
  readonly schema: string;
  /** Resolves when nothing lies in the spool any more. @throws Error after 30 s. */
  spoolEmpty(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts the servers, and the calls as soon as they are ready. */
export async function openLaboratory(options: LabOptions, random: Random): Promise<Laboratory> {
  const folder = temporaryFolder('faults');
  const closers: (() => Promise<unknown>)[] = [async () => removeFolder(folder)];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    return { ...(await build(options, random, folder, closers)), remove: close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Closers = (() => Promise<unknown>)[];

/** Node of a cluster that the checker reads; the servers begin with those before it. */
const OURS = 2;

async function build(options: LabOptions, random: Random, folder: string, closers: Closers) {
  const { maria, cluster, url } = await databaseOf(options, folder, closers);
  const db = openDatabase(url);
  closers.push(() => db.close());
  await migrate(db, MIGRATIONS);
  const address = new URL(cluster?.urlOf(OURS) ?? url);
  const place = { host: address.hostname, port: Number(address.port) };
  const database = options.slowDatabase ? await startProxy(place) : null;
  if (database) {
    closers.push(() => database.close());
    address.port = String(database.port);
  }
  const spoolPath = join(folder, 'events.spool');
  const servers: ServerControl[] = [];
  for (let n = 0; n < (options.servers ?? 1); n += 1) {
    const dataDir = join(options.dataDir ?? folder, `data-${n}`);
    // One server reads the spool: each stands for one PBX's host, and the generator is one PBX.
    const spool: Record<string, string> = n === 0 ? { DIALHOOK_SPOOL_FILE: spoolPath } : {};
    const place = cluster?.url(n) ?? address.toString();
    const env = { DIALHOOK_DATABASE_URL: place, DIALHOOK_DATA_DIR: dataDir, ...spool, ...options.env };
    const one = await controlOf(env, options.node ?? []);
    servers.push(one);
    closers.push(() => one.stop());
  }
  const [server] = servers as [ServerControl];
  const near = options.slowServer ? await startProxy({ host: '127.0.0.1', port: server.port }) : null;
  if (near) closers.push(() => near.close());
  const ports = near ? [near.port] : servers.map(({ port }) => port);
  const generator = startGenerator({ ports, spoolPath, seed: random.whole(1, 1e9), ...options.generator });
  closers.push(() => generator.stop());
  return {
    ...{ random, db, maria, cluster, server, servers, generator, spoolPath },
    weather: { database, server: near },
    url,
    schema: address.pathname.slice(1),
    spoolEmpty: async () => {
      const lies = () => existsSync(spoolPath) || readdirSync(folder).some((name) => name.includes('.taken-'));
      await until(() => !lies(), { what: 'the spool to be taken', deadline: 30_000 });
    },
  };
}

async function databaseOf(
  { database = 'mysql', own = false }: LabOptions,
  folder: string,
  closers: Closers,
): Promise<{ maria: MariaDb | null; cluster: Galera | null; url: string }> {
  if (database === 'sqlite') return { maria: null, cluster: null, url: `sqlite:${join(folder, 'dialhook.sqlite')}` };
  if (database === 'cluster') {
    const cluster = await startGalera();
    closers.push(() => cluster.remove());
    return { maria: null, cluster, url: cluster.url(OURS) };
  }
  const maria = own ? await startMariaDb() : await sharedMariaDb();
  if (own) closers.push(() => maria.remove());
  return { maria, cluster: null, url: own ? maria.url : await maria.createDatabase() };
}

async function controlOf(env: Record<string, string>, node: readonly string[]): Promise<ServerControl> {
  const port = await freePort();
  const main = await builtServer();
  const wanted = { ...env, DIALHOOK_AGI_PORT: String(port), DIALHOOK_LOG_LEVEL: 'warn' };
  const launch = () =>
    startServer({
      env: wanted,
      args: ['--roles', 'agi,apply'],
      command: [process.execPath, ...node, main],
      deadline: 30_000,
    });
  let server: Server = await launch();
  const running = () => server.child.exit() === null;
  return {
    port,
    dataDir: env['DIALHOOK_DATA_DIR'] ?? '',
    running,
    pid: () => server.child.pid,
    async start() {
      if (!running()) server = await launch();
    },
    stop: async () => void (await server.stop()),
    kill: async () => void (await server.kill()),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    output: () => server.child.output(),
  };
}
