// Which of several database servers is used, and how whole their cluster is.
import type { Db } from '../../store/database.js';
import { clusterSize } from '../../store/health.js';
import { type Family, one } from './exposition.js';

/** The node's name is the one label that is not our word: whoever looks after a cluster must know which one it is. */
export async function databaseFamilies(db: Db): Promise<Family[]> {
  const node = db.node();
  if (!node) return [];
  const labels = { node: node.cluster?.node || node.place };
  const size = node.cluster ? await clusterSize(db).catch(() => null) : null;
  return [
    {
      ...{ name: 'dialhook_database_node', type: 'gauge', samples: [{ value: node.number, labels }] },
      help: 'Which server of the address of the database is used: its place in the list, from 1, and its name.',
    },
    one('gauge', 'dialhook_database_nodes', 'Servers that the address of the database names.', node.of),
    one('counter', 'dialhook_database_moves_total', 'Changes from one server to another.', node.moves),
    one('gauge', 'dialhook_database_cluster_size', 'Nodes of the Galera cluster that are together.', size),
  ];
}
