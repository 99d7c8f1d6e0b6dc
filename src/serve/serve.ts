// Puts a server together from its rooms, by its roles, and takes it down again in the order in which nothing is lost.
import { join } from 'node:path';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import { type Recorder, startRecorder } from '../record/recorder.js';
import { findClient } from '../store/clients.js';
import { type Db, openDatabase } from '../store/database.js';
import { auditStore } from './access.js';
import { startAges } from './ages.js';
import { type Door, doorKeeper } from './door-keeper.js';
import { startFreepbx } from './freepbx.js';
import { startListsFile } from './lists.js';
import { createOperations } from './operations/index.js';
import { createTally, type Tally } from './operations/tally.js';
import { greetFirst, type PagesParts, startPages } from './pages.js';
import { startPbx } from './pbx.js';
import { startRecordings } from './recordings.js';
import { tablesReady } from './tables.js';

export interface Server {
  agi: { host: string; port: number } | null;
  web: { host: string; port: number } | null;
  /** Null where only the pages are served. */
  recorder: Recorder | null;
  /** Resolves when the tables are up to date; false when the server was stopped before. */
  tables: Promise<boolean>;
  /** Compares the tables with the PBX now; it is done every minute anyway. */
  look(): Promise<void>;
  /** Takes no new call, finishes what is under way, and resolves when everything is down. */
  stop(): Promise<void>;
}

/** Bytes of an average event line, for telling how many events a stretch of the journal holds. */
const LINE_BYTES = 330;

/**
 * Starts the roles of the configuration. Resolves when each of them listens. A database or a PBX that is away does not
 * hold it up. Throws only for what can never work, such as a journal folder that can't be written.
 */
export async function serve(
  config: Config,
  log: Log,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<Server> {
  const has = (role: 'agi' | 'apply' | 'web') => config.roles.includes(role);
  const db = openDatabase(config.databaseUrl, { warn: (message) => log.debug({ room: 'store' }, message) });
  const door = doorKeeper({
    config,
    log: log.child({ room: 'agi' }),
    findClient: (number) => findClient(db, number),
    onDeath: (error) => {
      log.fatal(
        { err: error },
        'the thread of the FastAGI server is gone; ending, so that the next start is a clean one',
      );
      setImmediate(() => process.exit(1));
    },
  });
  const tally = createTally();
  const recorder = has('agi') ? await startRecording(config, db, log, door, tally) : null;
  const pbx = startPbx(config, db, recorder, log, tally.watched);
  const stopAges = recorder ? startAges(config, db, recorder, () => pbx.state()?.up ?? false, log) : null;
  const at = { migrated: false, listening: false, stopping: false };
  const tables = tablesReady(config.databaseUrl, signal, log.child({ room: 'store' })).then(async (ready) => {
    at.migrated = ready;
    if (ready && has('web')) await greetFirst(db, tell);
    return ready;
  });
  const recordings = startRecordings({
    ...{ config, db, audit: auditStore(db), tables, log: log.child({ room: 'recordings' }) },
  });
  const operations = createOperations({
    ...{ config, db, door, recorder, tally, log, folder: journalFolder(config) },
    counts: door.counts,
    ami: () => pbx.state(),
    freepbx: () => freepbx?.state() ?? null,
    lists: () => lists?.state() ?? null,
    recordings: () => recordings,
    migrated: () => at.migrated,
    listening: () => at.listening,
    stopping: () => at.stopping,
  });
  operations.listen(signal);
  const freepbx = startFreepbx(config, db, { ami: pbx.ami, tables, log });
  const lists = startListsFile(config, db, { ami: pbx.ami, tables, log });
  tables.catch((error: unknown) => log.error({ err: error }, 'the first administrator could not be made'));
  // Side by side: a port that is taken holds up its own role only.
  const [agi, pages] = await Promise.all([
    recorder ? door.listen(signal).then((place) => listens(at, place)) : null,
    has('web')
      ? startPages(
          { config, db, pbx, tables, recordings, ...progressOf(recorder), before: operations.before, log },
          signal,
        )
      : null,
  ]);
  const webAt = pages?.address() ?? null;
  return {
    agi,
    web: webAt && { host: webAt.address, port: webAt.port },
    recorder,
    tables,
    look: () => pbx.look(),
    stop: async () => {
      at.stopping = true;
      // The door first, the journal last: what a hook confirmed while we stop is still written and applied.
      if (recorder) await door.shut();
      await pages?.close();
      await operations.close();
      await freepbx?.close();
      await lists?.stop();
      await recordings.stop();
      await pbx.close();
      await stopAges?.();
      await recorder?.stop();
      await tables.catch(() => undefined);
      await db.close();
    },
  };
}

/** How far the tables are behind the journal, for the pages. */
function progressOf(recorder: Recorder | null): Pick<PagesParts, 'behind' | 'databaseUp' | 'onApplied' | 'trouble'> {
  // Pages alone: the journals are on other hosts, which say on their own pages and in their logs how far behind they are.
  if (!recorder)
    return {
      onApplied: () => undefined,
      databaseUp: () => true,
      behind: () => Promise.resolve({ lag: 0, behind: 0 }),
      trouble: () => null,
    };
  const { loop, journal } = recorder;
  return {
    onApplied: (listener) => loop.onApplied(listener),
    databaseUp: () => loop.status().up ?? true,
    trouble: () => {
      const { error, ...counts } = journal.trouble();
      return { refused: error !== '', ...counts };
    },
    behind: async () => {
      const status = loop.status();
      if (!status?.state) return { lag: 0, behind: 0 };
      const lag = Math.ceil((await journal.behind(status.state)) / LINE_BYTES);
      const { behindSince } = status;
      return { lag, behind: behindSince === null || lag === 0 ? 0 : Math.max(0, Date.now() - behindSince) };
    },
  };
}

function listens<T>(at: { listening: boolean }, place: T): T {
  at.listening = place !== null;
  return place;
}

const journalFolder = (config: Config) => join(config.dataDir, 'journal');

const startRecording = (config: Config, db: Db, log: Log, door: Door, tally: Tally): Promise<Recorder> =>
  startRecorder({
    folder: journalFolder(config),
    keepMs: config.journalKeepHours * 3_600_000,
    stored: tally.stored,
    spooled: tally.spooled,
    db,
    spoolFiles: config.spoolFile,
    log: log.child({ room: 'record' }),
    open: door.open,
  });
