// What the doctor looks through, on the configured parts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listenerOf } from '../cli/doctor/listener.js';
import { connectManager } from '../cli/doctor/manager-probe.js';
import type { Probes } from '../cli/doctor/probes.js';
import type { Config } from '../config/options.js';
import { createLog } from '../log/log.js';
import { bytesBehind } from '../record/segments.js';
import { type Db, openDatabase } from '../store/database.js';
import { rejectedSummary } from '../store/events.js';
import { clockOf, clusterHealth, productOf } from '../store/health.js';
import { findJournal, listJournals } from '../store/journals.js';
import { pendingMigrations } from '../store/migrate.js';
import { probeFreepbx } from './freepbx.js';
import { freepbxHostOf } from './freepbx-host.js';
import { MIGRATIONS } from './tables.js';

/** The doctor asks once and briefly: what does not answer within this is what is wrong, ms. */
const PATIENCE_MS = 5000;

export function probesOf(config: Config): Probes {
  // Opened at the first question: the doctor changes nothing, and opening an embedded database makes its file.
  let opened: Db | null = null;
  const db = () => {
    opened ??= openDatabase(config.databaseUrl, { queryTimeoutMs: PATIENCE_MS, connectTimeoutMs: PATIENCE_MS });
    return opened;
  };
  return {
    now: Date.now,
    node: process.versions.node,
    database: {
      product: () => productOf(db()),
      clock: () => clockOf(db()),
      cluster: () => clusterHealth(db()),
      pending: () => pendingMigrations(db(), MIGRATIONS),
      journals: () => listJournals(db()),
      rejected: () => rejectedSummary(db()),
      close: () => opened?.close() ?? Promise.resolve(),
    },
    journalBehind: () => journalBehind(config, db()),
    manager: () => connectManager(config, createLog({ level: 'silent', pretty: false })),
    freepbx: () => probeFreepbx(config, db()),
    freepbxHost: () => Promise.resolve(freepbxHostOf(config)),
    listener: listenerOf,
  };
}

/** Looks at the files only: a server may be writing them. */
async function journalBehind(config: Config, db: Db): Promise<number | null> {
  const folder = join(config.dataDir, 'journal');
  const server = await readFile(join(folder, 'server'), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  if (server === '') return null;
  return bytesBehind(folder, (await findJournal(db, server)) ?? { segment: 0, offset: 0 });
}
