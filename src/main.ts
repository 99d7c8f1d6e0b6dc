#!/usr/bin/env node
// The program `dialhook`: the command line, and what its commands are made of.
import { readFileSync } from 'node:fs';
import { cli } from './cli/cli.js';
import { clientsOf, runMigrations, runRebuild, runServer, usersOf } from './serve/commands.js';
import { probesOf } from './serve/probes.js';
import { beside } from './serve/tables.js';

const { version } = JSON.parse(readFileSync(beside('package.json'), 'utf8')) as { version: string };

process.exitCode = await cli(process.argv, {
  version,
  serve: runServer,
  migrate: runMigrations,
  rebuild: runRebuild,
  users: usersOf,
  clients: clientsOf,
  probes: probesOf,
});
