// The commands: this list and nothing else, in the order of the help.
import type { CliCommand } from '../command.js';
import { backup } from './backup.js';
import { blacklist } from './blacklist.js';
import { client } from './client.js';
import { config } from './config.js';
import { doctor } from './doctor.js';
import { freepbx } from './freepbx.js';
import { importCdr } from './import-cdr.js';
import { importQueueLog } from './import-queue-log.js';
import { journal } from './journal.js';
import { migrate } from './migrate.js';
import { rebuild } from './rebuild.js';
import { recordings } from './recordings.js';
import { route } from './route.js';
import { serve } from './serve.js';
import { simulate } from './simulate.js';
import { spool } from './spool.js';
import { token } from './token.js';
import { toll } from './toll.js';
import { user } from './user.js';
import { vip } from './vip.js';

export const COMMANDS: readonly CliCommand[] = [
  serve,
  migrate,
  rebuild,
  backup,
  user,
  token,
  toll,
  client,
  blacklist,
  vip,
  route,
  importCdr,
  importQueueLog,
  journal,
  spool,
  recordings,
  doctor,
  freepbx,
  simulate,
  config,
];
