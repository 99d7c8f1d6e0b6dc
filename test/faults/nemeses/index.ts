// The faults: this list and nothing else, in the order of the table.
import type { Nemesis } from '../nemesis.js';
import { backlogFull, clientResets, endlessLines, idleSessions, slowClients } from './clients.js';
import { clusterMajority, clusterNode } from './cluster.js';
import {
  connectionsKilled,
  databaseBlackHole,
  databaseFrozen,
  databaseHalfOpen,
  databaseKilled,
  databaseSlow,
  databaseStopped,
  deadlocks,
  tablesLocked,
} from './database.js';
import { diskFull } from './disk.js';
import { kill, killSqlite } from './kill.js';
import { serverBlackHole, serverCut } from './network.js';
import { clock, freeze, slowSync, stop, torn } from './server.js';
import { twoServers } from './two.js';

export const NEMESES: readonly Nemesis[] = [
  ...[kill, killSqlite, freeze, stop, torn, clock, slowSync, diskFull, twoServers],
  ...[databaseStopped, databaseKilled, databaseFrozen, databaseSlow, databaseBlackHole, databaseHalfOpen],
  ...[tablesLocked, connectionsKilled, deadlocks, clusterNode, clusterMajority],
  ...[serverBlackHole, serverCut, backlogFull, clientResets, slowClients, endlessLines, idleSessions],
];
