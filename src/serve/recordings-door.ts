// `dialhook recordings`: the index, the mover and the rules, on the configured parts.
import type { RecordingsDoor } from '../cli/deps.js';
import { Failure } from '../cli/failure.js';
import type { Config } from '../config/options.js';
import { diskOf, takenPercent } from '../recordings/disk.js';
import { link } from '../recordings/link.js';
import { moveFlat } from '../recordings/move.js';
import { purge } from '../recordings/purge.js';
import { scan } from '../recordings/scan.js';
import { type Db, openDatabase } from '../store/database.js';
import { migrate } from '../store/migrate.js';
import { callsKnown, keepCall, listKeeps, releaseCalls } from '../store/recording-calls.js';
import { recordingTotals } from '../store/recordings.js';
import { noteCommand } from './access.js';
import { rulesOf } from './recordings.js';
import { MIGRATIONS } from './tables.js';

/** A scan of a hundred thousand files asks more than a page does, ms. */
const LONG_MS = 10 * 60_000;

/** @throws Failure when no folder is configured */
export async function recordingsDoor(config: Config, signal: AbortSignal): Promise<RecordingsDoor> {
  const { recordings: root, pbx, timeZone } = config;
  if (root === '') throw new Failure('no folder of recordings is configured: set DIALHOOK_RECORDINGS.');
  // Opened at the first question: a mover needs no database.
  let opened: Promise<Db> | null = null;
  const database = () => {
    opened ??= ready(config);
    return opened;
  };
  const readable = async () => {
    await diskOf(root).catch((error: Error) => {
      throw new Failure(`the folder of the recordings can not be read: ${error.message}`);
    });
  };
  return {
    status: async () => {
      const db = await database();
      const disk = await diskOf(root).catch(() => null);
      return {
        folder: root,
        disk: disk && { ...disk, takenPercent: takenPercent(disk) },
        totals: await recordingTotals(db, pbx),
        days: config.recordingsKeepDays,
        queues: config.recordingsKeepQueues,
        marks: await listKeeps(db),
      };
    },
    scan: async ({ full, progress }) => {
      await readable();
      const db = await database();
      const found = await scan({ db, pbx, root, full, signal, progress: (counts) => progress(counts.found) });
      const linked = await link({ db, pbx, since: 0, signal, progress });
      return { ...found, ...linked };
    },
    move: async ({ from, dryRun, tell }) => {
      await readable();
      return moveFlat({ from: from ?? root, root, timeZone, dryRun, signal, tell });
    },
    purge: async ({ dryRun, progress }) => {
      await readable();
      const db = await database();
      const { rules, ...counts } = await purge({
        ...{ db, pbx, root, dryRun, signal, progress, perSecond: config.recordingsPurgeRate, rules: rulesOf(config) },
      });
      if (!dryRun && counts.files > 0)
        await noteCommand(db, 'recordings_deleted', 'age', `${counts.files} files, ${counts.bytes} bytes`);
      return { ...counts, rules: [...rules].map(([rule, sum]) => ({ rule, ...sum })) };
    },
    keep: async (call, why) => {
      const db = await database();
      if (!(await callsKnown(db, [call])).has(call)) return false;
      await keepCall(db, { call, at: Date.now(), login: 'command line', why });
      await noteCommand(db, 'recording_kept', call, why);
      return true;
    },
    release: async (call) => {
      const db = await database();
      const was = (await releaseCalls(db, [call])) > 0;
      if (was) await noteCommand(db, 'recording_released', call);
      return was;
    },
    close: async () => (await opened)?.close(),
  };
}

async function ready(config: Config): Promise<Db> {
  const db = openDatabase(config.databaseUrl, { queryTimeoutMs: LONG_MS });
  try {
    await migrate(db, MIGRATIONS);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}
