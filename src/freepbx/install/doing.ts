// Does a plan, change by change, and puts everything back when one fails: also after a crash, by what was written down before.
import { existsSync } from 'node:fs';
import { readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Act, Change, Was } from './change.js';
import { dropFile, makeFolder, numbersOf, putFile, readWas, shaOf } from './files.js';
import { Refusal } from './refusal.js';

export interface DoingParts {
  root: string;
  /** Folder of our own records: /etc/dialhook/install. */
  records: string;
  tell(text: string): void;
  /** Called before and after each change; a test throws there. */
  at?: (index: number, when: 'before' | 'after') => void;
  now?: () => number;
}

/** What has to be known to put files back after a crash. */
interface Written {
  path: string;
  /** Of the file before; null when there was none. The bytes stand in `backup`. */
  was: { mode: number; uid: number; gid: number } | null;
  backup: string | null;
  /** SHA-256 of what was to be written; null for a deletion. */
  after: string | null;
}

interface Unfinished {
  files: Written[];
  /** Folders that were to be made, the outermost first. */
  folders: string[];
  /** Steps outside of files that can be put back, in words: after a crash nobody knows how far they came. */
  acts: string[];
  /** Folders of our records that were made for this, the outermost first. */
  records: string[];
}

const UNFINISHED = 'unfinished.json';

/** What one change says on a line. */
export function saysOf(change: Change): string {
  if (change.kind === 'act') return change.says;
  const verb = { write: 'write', delete: 'delete', folder: 'make folder', rmdir: 'remove folder' }[change.kind];
  return `${change.kind === 'write' && change.was !== null ? 'change' : verb} ${change.path}${change.why === '' ? '' : `: ${change.why}`}`;
}

/**
 * Does all changes in their order; the final ones last. When one fails, those before it are put back, and the failure is thrown.
 * @returns what went wrong in changes whose failure stops nothing
 */
export async function doAll(changes: readonly Change[], backup: string, parts: DoingParts): Promise<string[]> {
  const troubles: string[] = [];
  const order = [...changes.filter((one) => !isFinal(one)), ...changes.filter(isFinal)];
  const done: Change[] = [];
  const madeRecords = await writeDown(order, backup, parts);
  try {
    for (const [index, change] of order.entries()) {
      parts.at?.(index, 'before');
      if (halfway(change)) done.push(change);
      await timed(change, troubles, parts);
      if (!halfway(change)) done.push(change);
      parts.at?.(index, 'after');
    }
  } catch (error) {
    if (done.some(isFinal)) throw error;
    parts.tell(`failed: ${error instanceof Error ? error.message : String(error)}; putting everything back`);
    await putBack(done.reverse(), parts);
    await rm(join(parts.records, backup), { recursive: true, force: true });
    await rm(join(parts.records, UNFINISHED), { force: true });
    for (const folder of madeRecords.reverse()) await rmdir(folder).catch(() => undefined);
    throw error;
  }
  await rm(join(parts.records, UNFINISHED), { force: true });
  return troubles;
}

/** A failure may leave it done in part; of the others, what is there after a failure is somebody else's. */
const halfway = (change: Change) =>
  change.kind === 'write' || change.kind === 'delete' || (change.kind === 'act' && change.halfway === true);

const isFinal = (change: Change): change is Act => change.kind === 'act' && change.final === true;

async function timed(change: Change, troubles: string[], parts: DoingParts): Promise<void> {
  const now = parts.now ?? (() => performance.now());
  const began = now();
  try {
    await doOne(change, parts);
    if (change.kind === 'act' || !change.path.startsWith(parts.records))
      parts.tell(`${saysOf(change)} (${Math.round(now() - began)} ms)`);
  } catch (error) {
    if (change.kind !== 'act' || (change.may !== true && change.final !== true)) throw error;
    const said = `${saysOf(change)}: ${error instanceof Error ? error.message : String(error)}`;
    troubles.push(said);
    parts.tell(`not done: ${said}`);
  }
}

async function doOne(change: Change, parts: DoingParts): Promise<void> {
  if (change.kind === 'act') return change.do();
  if (change.kind === 'folder') return makeFolder(change.path, change.mode, numbersOf(change.owner, parts.root));
  // A folder that somebody else uses meanwhile stays.
  if (change.kind === 'rmdir') return rmdir(change.path).catch(() => undefined);
  mustBe(change.path, change.was);
  if (change.kind === 'delete') return dropFile(change.path);
  return putFile(change.path, change.bytes, change.mode, numbersOf(change.owner, parts.root));
}

/** What was planned for one text must not overwrite another. */
function mustBe(path: string, was: Was | null): void {
  const now = readWas(path);
  if (was === null ? now !== null : now === null || !now.bytes.equals(was.bytes))
    throw new Refusal(`${path} was changed by somebody else meanwhile: run it again`);
}

/** Newest first. What can't be put back is told and does not keep the rest from it. */
async function putBack(done: readonly Change[], parts: DoingParts): Promise<void> {
  const failed = (change: Change) => (error: unknown) =>
    parts.tell(`could not be put back: ${saysOf(change)}: ${error instanceof Error ? error.message : String(error)}`);
  for (const change of done) await undo(change).catch(failed(change));
  for (const change of done)
    if (change.kind === 'act' && change.reload === true) await change.do().catch(failed(change));
}

async function undo(change: Change): Promise<void> {
  if (change.kind === 'act') return change.undo?.();
  if (change.kind === 'folder') return existsSync(change.path) ? rmdir(change.path) : undefined;
  if (change.kind === 'rmdir') {
    if (!existsSync(change.path)) await makeFolder(change.path, change.mode, change);
    return undefined;
  }
  const now = readWas(change.path);
  // The change that failed may not have come as far as the file.
  const reached = change.kind === 'delete' ? now === null : now?.bytes.equals(change.bytes) === true;
  if (!reached) return undefined;
  if (change.was === null) return dropFile(change.path);
  return putFile(change.path, change.was.bytes, change.was.mode, change.was);
}

/** Keeps what will be changed, and what has to be done about it if we do not live to the end. Folders that had to be made. */
async function writeDown(changes: readonly Change[], backup: string, parts: DoingParts): Promise<string[]> {
  const made: string[] = [];
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const folder = async (path: string, mode: number) => {
    if (existsSync(path)) return;
    await makeFolder(path, mode, owner);
    made.push(path);
  };
  await folder(join(parts.records, '..'), 0o755);
  await folder(parts.records, 0o700);
  await folder(join(parts.records, backup), 0o700);
  const unfinished: Unfinished = {
    files: [],
    folders: changes.flatMap((one) => (one.kind === 'folder' ? [one.path] : [])),
    acts: changes.flatMap((one) => (one.kind === 'act' && one.undo !== null ? [one.says] : [])),
    records: made,
  };
  for (const change of changes) {
    if (change.kind !== 'write' && change.kind !== 'delete') continue;
    const { was, path } = change;
    const name = was === null ? null : join(backup, backupName(path));
    if (was !== null && name !== null) await putFile(join(parts.records, name), was.bytes, 0o600, owner);
    const after = change.kind === 'write' ? shaOf(change.bytes) : null;
    const before = was === null ? null : { mode: was.mode, uid: was.uid, gid: was.gid };
    unfinished.files.push({ path, was: before, backup: name, after });
  }
  await putFile(join(parts.records, UNFINISHED), Buffer.from(`${JSON.stringify(unfinished, null, 2)}\n`), 0o600, owner);
  return made;
}

/** `/etc/asterisk/extensions_custom.conf` → `etc_asterisk_extensions_custom.conf`. */
export const backupName = (path: string) => path.replace(/^\/+/, '').replaceAll('/', '_');

/** Puts back what a run left half done that was killed. True when there was one. */
export async function recover(parts: DoingParts): Promise<boolean> {
  const path = join(parts.records, UNFINISHED);
  if (!existsSync(path)) return false;
  const { files, folders, acts, records } = JSON.parse(await readFile(path, 'utf8')) as Unfinished;
  for (const file of files.reverse()) {
    const now = readWas(file.path);
    const reached = file.after === null ? now === null : now !== null && shaOf(now.bytes) === file.after;
    if (!reached) continue;
    if (file.was === null || file.backup === null) await dropFile(file.path);
    else await putFile(file.path, await readFile(join(parts.records, file.backup)), file.was.mode, file.was);
    parts.tell(`put back ${file.path}`);
  }
  for (const act of acts) parts.tell(`look whether this was done, and undo it (docs/freepbx.md): ${act}`);
  for (const folder of folders.reverse()) await rmdir(folder).catch(() => undefined);
  await rm(path);
  if (records.includes(parts.records)) await rm(parts.records, { recursive: true });
  for (const folder of records.reverse()) await rmdir(folder).catch(() => undefined);
  return true;
}
