// The servers that an address names, and which of them is used. All connections go to one of them, so that what one wrote the
// next one reads; when it can't be used any more, the next in the list takes its place.

/** What is known of a cluster at the last connection. */
export interface Cluster {
  /** The node's own name. */
  node: string;
  /** Nodes that are together, the asked one too. */
  size: number;
}

export interface NodeNow {
  /** host:port, or the path of a socket. */
  place: string;
  /** Its place in the address, from 1, and how many there are. */
  number: number;
  of: number;
  /** How often another one had to be taken since the start. */
  moves: number;
  /** Null where the server is no part of a Galera cluster, or was never reached. */
  cluster: Cluster | null;
}

export interface Nodes {
  /** Places in the order in which they are to be tried: the one in use first. */
  order(): number[];
  /** A connection to this one can be used. */
  use(n: number, cluster: Cluster | null): void;
  inUse(): number;
  now(): NodeNow;
}

export function createNodes(places: readonly string[]): Nodes {
  let current = 0;
  let moves = 0;
  let cluster: Cluster | null = null;
  return {
    order: () => places.map((_, i) => (current + i) % places.length),
    use(n, found) {
      if (n !== current) moves += 1;
      current = n;
      cluster = found;
    },
    inUse: () => current,
    now: () => ({ place: places[current] ?? '', number: current + 1, of: places.length, moves, cluster }),
  };
}

/** What a server says of itself at a connection: variables and status by name. */
export type Said = ReadonlyMap<string, string>;

/** The questions; a server that is no node of a cluster knows few of the names, which is an answer too. */
export const ASK = {
  variables:
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_node_name', 'wsrep_node_incoming_address', 'read_only')",
  status: "SHOW GLOBAL STATUS LIKE 'wsrep%'",
};

export const inCluster = (said: Said): boolean => said.get('wsrep_on') === 'ON';

/** How far a server can be used: `best`, `poor` (a donor, or catching up: it answers, but may be slow to), or why not at all. */
export function fitness(said: Said): { use: 'best' | 'poor' } | { use: 'no'; why: string } {
  if (inCluster(said)) {
    // A node without the majority knows what it knew, and takes nothing.
    if (said.get('wsrep_cluster_status') !== 'Primary') return { use: 'no', why: 'it is cut off from the majority' };
    if (said.get('wsrep_ready') !== 'ON') return { use: 'no', why: 'it is not ready' };
  }
  if (said.get('read_only') !== undefined && !/^(OFF|0|NO_LOCK)$/.test(said.get('read_only') ?? ''))
    return { use: 'no', why: 'it is read-only' };
  return { use: inCluster(said) && said.get('wsrep_local_state_comment') !== 'Synced' ? 'poor' : 'best' };
}

export const clusterOf = (said: Said): Cluster | null =>
  inCluster(said)
    ? { node: said.get('wsrep_node_name') ?? '', size: Number(said.get('wsrep_cluster_size') ?? 0) }
    : null;

/** MySQL's errors that speak of the server, not of the query: not ready, shutting down, read-only. The next connection may find a better one. */
const OF_THE_SERVER = new Set([1047, 1053, 1290, 1836]);
const LOST = /^(PROTOCOL_CONNECTION_LOST|PROTOCOL_SEQUENCE_TIMEOUT|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** True when the connection must not be used again. After a timeout its answer may still come, and would be taken for the next query's. */
export function isSpoiled(error: unknown): boolean {
  const { errno, code } = error as { errno?: number; code?: string };
  return code === 'PROTOCOL_SEQUENCE_TIMEOUT' || (errno !== undefined && OF_THE_SERVER.has(errno));
}

/** True when a server went away over a query: another one may answer it. */
export const isGone = (error: unknown): boolean =>
  isSpoiled(error) || LOST.test((error as { code?: string }).code ?? '') || /closed state/.test(String(error));
