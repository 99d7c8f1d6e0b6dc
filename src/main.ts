#!/usr/bin/env node
// The program `dialhook`: the command line, and what its commands are made of.
import { readFileSync } from 'node:fs';
import { cli } from './cli/cli.js';
import { runBackup } from './serve/backup.js';
import { clientsOf, runMigrations, runRebuild, runServer, tokensOf, usersOf } from './serve/commands.js';
import { queueSections, seeFreepbx } from './serve/freepbx.js';
import { runImportCdr, runImportQueueLog } from './serve/imports.js';
import { journalOf } from './serve/journal-report.js';
import { listsOf } from './serve/lists.js';
import { probesOf } from './serve/probes.js';
import { recordingsDoor } from './serve/recordings-door.js';
import { sendSpool } from './serve/spool-sender.js';
import { beside } from './serve/tables.js';

const { version } = JSON.parse(readFileSync(beside('package.json'), 'utf8')) as { version: string };

process.exitCode = await cli(process.argv, {
  version,
  serve: runServer,
  migrate: runMigrations,
  rebuild: runRebuild,
  backup: runBackup,
  importCdr: runImportCdr,
  importQueueLog: runImportQueueLog,
  users: usersOf,
  tokens: tokensOf,
  clients: clientsOf,
  lists: listsOf,
  journal: journalOf,
  spool: (_config, task) => sendSpool(task),
  recordings: recordingsDoor,
  freepbxQueues: queueSections,
  freepbxSeen: seeFreepbx,
  probes: probesOf,
});
