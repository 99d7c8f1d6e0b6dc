// Harm to a Galera cluster of three nodes. Two servers stand before it, each on a node of its own; the events of each call come
// by both. No hook may feel any of it: hooks end in the journal.
import { type Galera, galeraProvider } from '../../../scripts/lab/galera.js';
import { until } from '../../../scripts/lab/wait.js';
import { openDatabase } from '../../../src/store/database.js';
import { listJournals } from '../../../src/store/journals.js';
import type { Laboratory } from '../laboratory.js';
import { instant, type Nemesis } from '../nemesis.js';

const lab: Nemesis['lab'] = { database: 'cluster', servers: 2 };
const strokes = { short: 1, round: 4, whole: 12 };
/** The group notices a dead node within two seconds, a server within one query's deadline and two connects. */
const MOVED_MS = 20_000;

const clusterOf = ({ cluster }: Laboratory): Galera => {
  if (!cluster) throw new Error('this fault needs a cluster');
  return cluster;
};

async function lacks(): Promise<string | null> {
  try {
    galeraProvider();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How many events of each server's journal a node's tables hold. */
async function appliedAt(url: string): Promise<Map<string, number>> {
  const db = openDatabase(url);
  try {
    return new Map((await listJournals(db)).map(({ server, events, repeated }) => [server, events + repeated]));
  } finally {
    await db.close();
  }
}

/** Waits until both servers have applied more than they had at `before`, as the n-th node tells. */
async function bothGoOn(cluster: Galera, n: number, before: ReadonlyMap<string, number>): Promise<void> {
  const more = async () => {
    const now = await appliedAt(cluster.urlOf(n));
    return now.size === 2 && [...now].every(([server, events]) => events > (before.get(server) ?? 0));
  };
  await until(more, { what: 'both servers to apply events again', deadline: MOVED_MS, every: 100 });
}

/** How many connections of servers a node has; the checker reads another one. */
async function connections(cluster: Galera, n: number): Promise<number> {
  const rows = (await cluster.nodes[n]?.admin(
    "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'dialhook'",
  )) as { n: number }[];
  return Number(rows[0]?.n ?? 0);
}

export const clusterNode: Nemesis = {
  ...{ name: 'cluster-node', strokes, lab, lacks },
  harm: 'kill -9 of the node of a Galera cluster that one of two servers uses; it is started again and fetches what it missed',
  async stroke(lab, n) {
    const cluster = clusterOf(lab);
    const nth = n % 2;
    await bothGoOn(cluster, 2, await appliedAt(cluster.urlOf(2)));
    // After a first stroke both may be on the other one.
    const [used] = (await connections(cluster, nth)) > 0 ? [nth] : [1 - nth];
    if ((await connections(cluster, used)) === 0) throw new Error('no server uses the node that is to be killed');
    await instant(lab, 0, 500);
    await cluster.nodes[used]?.kill();
    const before = await appliedAt(cluster.urlOf(2));
    await bothGoOn(cluster, 2, before);
    await cluster.nodes[used]?.start();
    await cluster.whole();
  },
};

/** Calls whose events must be confirmed while there is no majority. */
const CONFIRMED = 30;

export const clusterMajority: Nemesis = {
  ...{ name: 'cluster-majority', strokes, lab, lacks },
  harm: 'two of three nodes of a Galera cluster are frozen, or killed every other time: the third has no majority and takes nothing',
  async stroke(lab, n) {
    const cluster = clusterOf(lab);
    const [one, other, last] = cluster.nodes as [Node, Node, Node];
    await bothGoOn(cluster, 2, await appliedAt(cluster.urlOf(2)));
    for (const node of [one, other]) await (n % 2 === 0 ? node.freeze() : node.kill());
    const alone = async () => (await last.status())['wsrep_cluster_status'] !== 'Primary';
    await until(alone, { what: 'the last node to be without a majority', deadline: 10_000, every: 50 });
    const { truth } = lab.generator;
    const before = truth.confirmed();
    await until(() => truth.confirmed() > before + CONFIRMED, {
      what: 'the journals to take events without a database',
      deadline: 20_000,
    });
    if (n % 2 === 0) for (const node of [one, other]) node.thaw();
    // At once: neither gets ready without the other.
    else await Promise.all([one.start(), other.start()]);
    await cluster.whole();
    await bothGoOn(cluster, 2, await appliedAt(cluster.urlOf(2)));
  },
};

type Node = Galera['nodes'][number];
