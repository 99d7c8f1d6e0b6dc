// The doctor's checks: this list and nothing else, in the order in which they are made.
import type { Check } from './check.js';
import { clocks } from './clocks.js';
import { cluster } from './cluster.js';
import { dataDirectory } from './data-directory.js';
import { database } from './database.js';
import { dialplan } from './dialplan.js';
import { events } from './events.js';
import { freepbxCalls } from './freepbx/calls.js';
import { freepbxLoad, freepbxStubs } from './freepbx/generated.js';
import { freepbxHooks } from './freepbx/hooks.js';
import { freepbxFastagi, freepbxFiles, freepbxTables } from './freepbx/system.js';
import { freepbxRead } from './freepbx-read.js';
import { globals } from './globals.js';
import { hooks } from './hooks.js';
import { journal } from './journal.js';
import { execIncludes, lists } from './lists.js';
import { liveDangerously } from './live-dangerously.js';
import { manager } from './manager.js';
import { migrations } from './migrations.js';
import { node } from './node.js';
import { pbxVersion } from './pbx-version.js';
import { ports } from './ports.js';
import { recordings } from './recordings.js';
import { rejected } from './rejected.js';
import { rights } from './rights.js';
import { spool } from './spool.js';
import { testCall } from './test-call.js';

export const CHECKS: readonly Check[] = [
  node,
  dataDirectory,
  database,
  cluster,
  migrations,
  journal,
  rejected,
  ports,
  hooks,
  spool,
  manager,
  rights,
  pbxVersion,
  dialplan,
  globals,
  events,
  liveDangerously,
  freepbxRead,
  execIncludes,
  lists,
  testCall,
  recordings,
  freepbxHooks,
  freepbxCalls,
  freepbxStubs,
  freepbxFastagi,
  freepbxFiles,
  freepbxTables,
  freepbxLoad,
  clocks,
];
