// A MariaDB Galera cluster of three nodes on the loopback: each with its own data folder, socket and ports. Any node may be
// stopped, killed, frozen and started again; it then fetches what it missed from the others.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from './leaving.js';
import { asAdministrator, copyEmpty, launch, mariadbProgram, type Place } from './mariadb.js';
import { freeRange } from './ports.js';
import { type Service, startService } from './service.js';
import { until, within } from './wait.js';

export interface GaleraNode extends Service {
  readonly name: string;
  /** host:port for clients. */
  readonly address: string;
  readonly socket: string;
  readonly logPath: string;
  /** Runs SQL as the node's own administrator. */
  admin(sql: string): Promise<unknown>;
  /** What the node says of itself: `wsrep_ready`, `wsrep_cluster_status`, `wsrep_cluster_size`, … */
  status(): Promise<Record<string, string>>;
}

export interface Galera {
  readonly nodes: readonly GaleraNode[];
  readonly folder: string;
  /** Address of the database `dialhook` with all nodes in it, the n-th (from 0) first. */
  url(first?: number): string;
  /** The same database on one node alone. */
  urlOf(n: number): string;
  /** Makes another empty database that the same user owns; gives its name. */
  createDatabase(): Promise<string>;
  /** Resolves when so many nodes are one cluster that takes data. @throws Error after `ms`. */
  whole(size?: number, ms?: number): Promise<void>;
  /** Stops all nodes and removes their folder. */
  remove(): Promise<void>;
}

const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];
const SCRIPTS = fileURLToPath(new URL('./galera', import.meta.url));
const WHOLE_MS = 60_000;

/** Path of Galera's library. @throws Error that says how to install it. */
export function galeraProvider(): string {
  mariadbProgram('mariadbd');
  const found = PROVIDERS.find((path) => existsSync(path));
  if (found === undefined) throw new Error('galera-4 is not installed; "make setup" installs it');
  return found;
}

/** Each node's ports, from its first on: clients, the group, the write-sets it missed, the copy of the data. */
const PORTS = { client: 0, group: 1, missed: 2, copy: 3 };

interface Site extends Place {
  name: string;
  logPath: string;
}

/** Starts three nodes. @throws Error that names what is not installed or shows a node's last lines. */
export async function startGalera(): Promise<Galera> {
  galeraProvider();
  const folder = temporaryFolder('galera');
  const first = await freeRange(12);
  const sites = [0, 1, 2].map((n): Site => {
    const name = `node${n + 1}`;
    const place = { data: join(folder, name), socket: join(folder, `${name}.sock`), port: first + n * 4 };
    return { ...place, folder, name, logPath: join(folder, `${name}.log`) };
  });
  const [founder, ...others] = sites as [Site, ...Site[]];
  await copyEmpty(founder.data);
  for (const { data } of others) mkdirSync(data);
  const nodes: GaleraNode[] = [];
  try {
    // One after the other: the second copies the first's data, and two copies at once need two donors.
    for (const site of sites) nodes.push(await startNode(site, sites));
    return await clusterOf(nodes, folder);
  } catch (error) {
    for (const node of nodes) await node.kill();
    removeFolder(folder);
    throw error;
  }
}

async function clusterOf(nodes: readonly GaleraNode[], folder: string): Promise<Galera> {
  const [founder] = nodes as [GaleraNode];
  const password = randomBytes(16).toString('hex');
  await founder.admin(`CREATE USER dialhook@'127.0.0.1' IDENTIFIED BY '${password}'`);
  const create = (name: string) =>
    founder.admin(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; GRANT ALL ON ${name}.* TO dialhook@'127.0.0.1'`);
  await create('dialhook');
  const url = (addresses: readonly GaleraNode[], name = 'dialhook') =>
    `mysql://dialhook:${password}@${addresses.map(({ address }) => address).join(',')}/${name}`;
  let made = 0;
  const cluster: Galera = {
    ...{ nodes, folder },
    url: (n = 0) => url([...nodes.slice(n), ...nodes.slice(0, n)]),
    urlOf: (n) => url(nodes.slice(n, n + 1)),
    async createDatabase() {
      made += 1;
      await create(`dialhook_${made}`);
      return `dialhook_${made}`;
    },
    async whole(size = nodes.length, ms = WHOLE_MS) {
      const joined = async () => {
        const running = nodes.filter((node) => node.running());
        // One that is frozen, or is just changing its view of the group, keeps silent.
        const all = await Promise.all(
          running.map((node) => within(node.status(), 1000, node.name).catch((): Record<string, string> => ({}))),
        );
        return all.filter((one) => isReady(one) && Number(one['wsrep_cluster_size']) === size).length === size;
      };
      await until(joined, { what: `a cluster of ${size} nodes`, deadline: ms, every: 50 });
    },
    async remove() {
      // At once: the last ones would wait for a majority that is leaving.
      for (const node of nodes) node.thaw();
      await Promise.all(nodes.map((node) => node.kill()));
      removeFolder(folder);
    },
  };
  await cluster.whole();
  return cluster;
}

const isReady = (status: Record<string, string>) =>
  status['wsrep_ready'] === 'ON' && status['wsrep_local_state_comment'] === 'Synced';

/** The group notices a dead node within three seconds, not within Galera's five to fifteen; less, and a busy machine splits it. */
const SOON = [
  ...['evs.keepalive_period=PT0.5S', 'evs.inactive_check_period=PT0.3S', 'evs.suspect_timeout=PT2.5S'],
  ...['evs.inactive_timeout=PT6S', 'evs.install_timeout=PT5S', 'gcache.size=32M'],
];

async function startNode(site: Site, sites: readonly Site[]): Promise<GaleraNode> {
  const at = (what: keyof typeof PORTS, { port } = site as { port: number }) => `127.0.0.1:${port + PORTS[what]}`;
  const group = [`gmcast.listen_addr=tcp://${at('group')}`, `ist.recv_addr=${at('missed')}`, ...SOON].join(';');
  const status = () => statusOf(site.socket);
  // The founder founds once: started again, it joins the others as any node does.
  let founds = site === sites[0];
  const start = () => {
    const others = sites.filter((one) => one !== site).map((one) => at('group', one));
    const members = founds
      ? ['--wsrep-cluster-address=gcomm://', '--wsrep-new-cluster']
      : [`--wsrep-cluster-address=gcomm://${others.join(',')}`];
    founds = false;
    const args = [
      ...[
        '--wsrep-on=ON',
        `--wsrep-provider=${galeraProvider()}`,
        '--binlog-format=ROW',
        '--innodb-autoinc-lock-mode=2',
      ],
      ...['--wsrep-cluster-name=dialhook-lab', `--wsrep-node-name=${site.name}`, '--wsrep-node-address=127.0.0.1'],
      ...[`--wsrep-node-incoming-address=${at('client')}`, `--wsrep-provider-options=${group}`],
      ...['--wsrep-sst-method=dialhook', `--wsrep-sst-receive-address=${at('copy')}`, ...members],
    ];
    const env = { ...process.env, PATH: `${SCRIPTS}:${process.env['PATH'] ?? ''}` };
    const ready = async () => isReady(await status());
    return launch(site, site.logPath, false, { args, env, ready }).catch((error: Error) => {
      throw new Error(`${site.name}: ${error.message}\n${readFileSync(site.logPath, 'utf8').slice(-2000)}`);
    });
  };
  const service = await startService(start);
  return {
    ...service,
    ...{ name: site.name, address: at('client'), socket: site.socket, logPath: site.logPath },
    admin: (sql) => asAdministrator(site.socket, sql),
    status,
  };
}

async function statusOf(socket: string): Promise<Record<string, string>> {
  const rows = (await asAdministrator(socket, "SHOW GLOBAL STATUS LIKE 'wsrep%'")) as {
    Variable_name: string;
    Value: string;
  }[];
  return Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]));
}
