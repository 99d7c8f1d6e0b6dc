// `dialhook backup`: the whole database at one moment, into one file, beside a live server. The journal's position is in the
// same moment: whatever happened after it is brought in again from the journal.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BackupAsked, BackupMade } from '../cli/deps.js';
import { Failure } from '../cli/failure.js';
import { serversOf } from '../config/database-url.js';
import type { Config } from '../config/options.js';
import { openDatabase } from '../store/database.js';
import { tablesAnswer } from '../store/health.js';
import { copySqlite } from '../store/vacuum.js';

/** MariaDB's own program; MySQL's has the same options. */
const DUMPERS = ['mariadb-dump', 'mysqldump'];
/** A copy of a large embedded database may take this long, ms. */
const LONG_MS = 60 * 60_000;

/**
 * Writes the backup and returns where it is. A file of that name is replaced only when the new one is whole.
 * Throws Failure when the database or its dump program can't be had; then nothing is left behind.
 */
export async function runBackup(config: Config, asked: BackupAsked): Promise<BackupMade> {
  const url = config.databaseUrl;
  const file = asked.file ?? join(asked.folder, nameOf(url, asked.now));
  await mkdir(dirname(file), { recursive: true });
  const n = await mustHaveTables(url);
  const part = `${file}.part`;
  try {
    await (url.startsWith('sqlite:') ? sqliteInto(url, part, file) : dumpInto(serversOf(url)[n] as URL, part, file));
    await rename(part, file);
    await synced(dirname(file));
  } finally {
    await rm(part, { force: true });
  }
  const removed = asked.file === null && asked.keep > 0 ? await removeOld(asked.folder, asked.keep) : [];
  return { file, bytes: (await stat(file)).size, removed };
}

const NAMES = /^dialhook-\d{8}T\d{6}Z\.(sql|sqlite)\.gz$/;

function nameOf(url: string, now: number): string {
  const moment = new Date(now).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  return `dialhook-${moment}.${url.startsWith('sqlite:') ? 'sqlite' : 'sql'}.gz`;
}

/** Opening an embedded database makes its file: an empty one must not be taken for a backup. Gives which of the servers answers, from 0. */
async function mustHaveTables(url: string): Promise<number> {
  if (url.startsWith('sqlite:'))
    await stat(url.slice('sqlite:'.length)).catch(() => {
      throw new Failure(`there is no database at ${url.slice('sqlite:'.length)}: look at DIALHOOK_DATA_DIR.`);
    });
  const db = openDatabase(url);
  try {
    await tablesAnswer(db);
    return (db.node()?.number ?? 1) - 1;
  } finally {
    await db.close();
  }
}

async function sqliteInto(url: string, part: string, file: string): Promise<void> {
  // The copy is made beside the backup: the same disk has room for it, or the backup would not fit either.
  const copy = `${file}.copy`;
  await rm(copy, { force: true });
  const db = openDatabase(url, { queryTimeoutMs: LONG_MS });
  try {
    await copySqlite(db, copy);
    await written(createReadStream(copy), part, file);
  } finally {
    await db.close();
    await rm(copy, { force: true });
  }
}

async function dumpInto(url: URL, part: string, file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dialhook-backup-'));
  try {
    // The password stands in a file of our own: on the command line every user of this host could read it.
    const login = join(folder, 'login.cnf');
    await writeFile(login, loginOf(url), { mode: 0o600 });
    await dump([`--defaults-extra-file=${login}`, ...DUMP_OPTIONS, url.pathname.slice(1)], part, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// One transaction is one moment, and holds nobody up. No tablespaces: they need a right that our user has not.
const DUMP_OPTIONS = [
  '--single-transaction',
  '--quick',
  '--skip-lock-tables',
  '--no-tablespaces',
  '--hex-blob',
  '--default-character-set=utf8mb4',
];

/** An option file for MariaDB's programs; what a password may hold is quoted. */
function loginOf(url: URL): string {
  const quoted = (text: string) => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
  const socket = url.searchParams.get('socket');
  const place = socket
    ? [`socket=${quoted(socket)}`]
    : [`host=${quoted(url.hostname)}`, `port=${url.port || '3306'}`, 'protocol=tcp'];
  const user = [
    `user=${quoted(decodeURIComponent(url.username))}`,
    `password=${quoted(decodeURIComponent(url.password))}`,
  ];
  return ['[client]', ...user, ...place, ''].join('\n');
}

async function dump(args: readonly string[], part: string, file: string): Promise<void> {
  for (const program of DUMPERS) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (bytes: Buffer) => {
      complaint = (complaint + bytes.toString()).slice(-2000);
    });
    const ended = once(child, 'close') as Promise<[number | null]>;
    const started = once(child, 'spawn').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return false;
      },
    );
    ended.catch(() => undefined);
    if (!(await started)) continue;
    // Whole only when the program says so: what it wrote until then may end anywhere.
    const [[code]] = await Promise.all([ended, written(child.stdout, part, file)]);
    if (code !== 0) throw new Failure(`${program} could not write the database: ${lastLine(complaint)}`);
    return;
  }
  throw new Failure(`${DUMPERS.join(' or ')} is not installed: apt-get install mariadb-client, then try again.`);
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';

/** Brings a stream to disk, zipped when the backup's name says so. Only its owner may read it: it holds everybody's calls. */
async function written(from: Readable, part: string, file: string): Promise<void> {
  const zip = file.endsWith('.gz') ? createGzip() : new PassThrough();
  await rm(part, { force: true });
  await pipeline(from, zip, createWriteStream(part, { mode: 0o600, flags: 'wx' }));
  await synced(part);
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes all but the newest of the backups that were made into a folder; files of other names stay. */
async function removeOld(folder: string, keep: number): Promise<string[]> {
  const made = (await readdir(folder)).filter((name) => NAMES.test(name)).sort();
  const old = made.slice(0, Math.max(0, made.length - keep));
  for (const name of old) await unlink(join(folder, basename(name)));
  return old;
}
