// The recordings of this server's PBX: kept in the index, deleted when their time has come, watched for a full disk, opened for who may listen.
import type { AuditStore } from '../auth/audit.js';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import { type Disk, diskOf, hasRoom, judgeDisk, takenPercent } from '../recordings/disk.js';
import { link } from '../recordings/link.js';
import { makeRoom, type PurgeCounts, purge } from '../recordings/purge.js';
import type { Rules } from '../recordings/retention.js';
import { scan } from '../recordings/scan.js';
import type { Db } from '../store/database.js';
import { type RecordingTotal, recordingTotals } from '../store/recordings.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A recording's call is looked for each minute for so long after it was found, */
const OFTEN_MS = 10 * MINUTE;
/** and each hour for so long: calls may be imported later, and a site's whole archive may be of no known call. */
const SELDOM_MS = 48 * HOUR;
/** A disk is said to be full again only after it was well, or so much later, ms. */
const REMIND_MS = 6 * HOUR;

export interface RecordingsParts {
  config: Config;
  db: Db;
  audit: Pick<AuditStore, 'note'>;
  log: Log;
  /** Resolves when there are tables. */
  tables: Promise<boolean>;
  now?: () => number;
  disk?: (folder: string) => Promise<Disk>;
}

export interface Recordings {
  /** What the monitor says; empty while all is well. */
  alarms(): string[];
  /** For /health: the disk's trouble in fixed words; empty while it is well, null where this process has no recordings. */
  trouble(): string | null;
  figures(): RecordingFigures | null;
  /** Scans, links, looks at the disk, and deletes when it is time; done every minute anyway. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface RecordingFigures {
  totals: readonly RecordingTotal[];
  disk: Disk | null;
  /** Since the start, by why: `age` or `room`. */
  deleted: { age: number; room: number };
  failed: number;
}

export const rulesOf = (config: Pick<Config, 'recordingsKeepDays' | 'recordingsKeepQueues'>): Rules => ({
  days: config.recordingsKeepDays,
  queues: config.recordingsKeepQueues,
});

/** Starts it where a folder is configured and this process writes the tables. */
export function startRecordings(parts: RecordingsParts): Recordings {
  const { config, db, log, now = Date.now, disk: look = diskOf } = parts;
  const { pbx, recordings: root } = config;
  const stop = new AbortController();
  let disk: Disk | null = null;
  let unreadable = '';
  let totals: RecordingTotal[] = [];
  let warnedAt = 0;
  let purgedOn = '';
  let triedAt = 0;
  const deleted = { age: 0, room: 0 };
  let failed = 0;
  const common = { db, pbx, root, signal: stop.signal, now };
  const rules = { warn: config.recordingsDiskWarn, limit: config.recordingsDiskLimit };

  async function round(): Promise<void> {
    if (!(await parts.tables.catch(() => false))) return;
    try {
      disk = await look(root);
      unreadable = '';
    } catch (error) {
      if (unreadable === '')
        log.warn({ folder: root, error: String(error) }, 'the folder of the recordings is not there');
      unreadable = 'the folder of the recordings can not be read';
      return;
    }
    await scan(common);
    const seldom = now() - triedAt >= HOUR;
    if (seldom) triedAt = now();
    await link({ db, pbx, since: now() - (seldom ? SELDOM_MS : OFTEN_MS), signal: stop.signal });
    await watchDisk(disk);
    await purgeAtNight();
    totals = await recordingTotals(db, pbx);
  }

  async function watchDisk(seen: Disk): Promise<void> {
    const state = judgeDisk(seen, rules);
    if (state === 'well') {
      warnedAt = 0;
      return;
    }
    if (now() - warnedAt >= REMIND_MS) {
      log.warn({ taken: Math.round(takenPercent(seen)), folder: root }, 'the disk of the recordings gets full');
      warnedAt = now();
    }
    if (state !== 'over') return;
    const why = `the disk was ${Math.floor(takenPercent(seen))} % full`;
    const counts = await makeRoom({
      ...{ ...common, dryRun: false, perSecond: 1000, why },
      enough: async () => {
        disk = await look(root);
        return hasRoom(disk, rules);
      },
    });
    deleted.room += counts.files;
    await tell('room', counts, why);
  }

  async function purgeAtNight(): Promise<void> {
    const at = clockOf(now(), config.timeZone);
    if (at.hour < config.recordingsPurgeHour || at.day === purgedOn) return;
    // Not by a timer at that hour: a server that was down then does it when it is back, and once a day is enough.
    purgedOn = at.day;
    const counts = await purge({
      ...{ ...common, dryRun: false, perSecond: config.recordingsPurgeRate, rules: rulesOf(config) },
    });
    deleted.age += counts.files;
    await tell('age', counts, [...counts.rules.keys()].join(', '));
  }

  async function tell(target: string, counts: PurgeCounts, why: string): Promise<void> {
    failed += counts.failed;
    if (counts.failed > 0)
      log.warn({ failed: counts.failed, error: counts.firstError }, 'recordings could not be deleted');
    if (counts.files === 0) return;
    const detail = `${counts.files} files, ${counts.bytes} bytes · ${why}`;
    log.info({ files: counts.files, bytes: counts.bytes, why }, 'recordings were deleted');
    const line = { at: now(), userId: 0, login: '', kind: 'recordings_deleted' as const, target, detail, address: '' };
    await parts.audit
      .note(line)
      .catch((error: unknown) => log.error({ error: String(error) }, 'the audit could not be written'));
  }

  let running: Promise<void> | null = null;
  const once = (): Promise<void> => {
    running ??= round()
      .catch((error: unknown) => log.debug({ error: String(error) }, 'the recordings could not be looked through'))
      .finally(() => {
        running = null;
      });
    return running;
  };
  const works = root !== '' && config.roles.includes('apply');
  const timer = works ? setInterval(() => void once(), MINUTE) : null;
  if (works) void once();

  const trouble = (): string => {
    if (unreadable !== '' || disk === null) return unreadable;
    return judgeDisk(disk, rules) === 'well' ? '' : 'the disk of the recordings gets full';
  };
  return {
    trouble: () => (works ? trouble() : null),
    alarms: () => {
      if (trouble() === '' || disk === null || unreadable !== '') return trouble() === '' ? [] : [sentence(trouble())];
      const left = (disk.free / 1024 ** 3).toFixed(1);
      return [`The disk of the recordings is ${Math.floor(takenPercent(disk))} % full: ${left} GB are left.`];
    },
    figures: () => (works ? { totals, disk, deleted, failed } : null),
    look: once,
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Day and hour of a moment in a zone. */
function clockOf(at: number, timeZone: string): { day: string; hour: number } {
  const form = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' },
  });
  const part = Object.fromEntries(form.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: `${part['year']}-${part['month']}-${part['day']}`, hour: Number(part['hour']) };
}
