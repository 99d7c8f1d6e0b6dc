// The single changes of a plan: a text that is wanted against the one that is there.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Owner, OwnerNames, Plan } from './change.js';
import { backupName } from './doing.js';
import { readWas, shaOf } from './files.js';
import { realFolder } from './held.js';
import type { OwnFile } from './manifest.js';
import type { Places } from './places.js';
import { type Installed, recordPath, recordText, type SiteFile } from './record.js';
import type { Part } from './service.js';

/** What a plan is made into. */
export interface Making {
  places: Places;
  plan: Plan;
  /** Folder of backups below the records. */
  backup: string;
  before: Installed | null;
  next: Installed;
  /** What Asterisk has to read again. */
  touched: Set<Part>;
}

const ROOT: Owner = { uid: 0, gid: 0 };

/** Folders that are not there, with those above them. */
export function putFolder({ next, plan }: Making, path: string, mode: number, owner: Owner | OwnerNames): void {
  const planned = plan.changes.some((one) => one.kind === 'folder' && one.path === path);
  if (planned || existsSync(path)) return;
  putFolder({ next, plan } as Making, dirname(path), 0o755, ROOT);
  plan.changes.push({ kind: 'folder', path, mode, owner, why: '' });
  if (!next.folders.includes(path)) next.folders.push(path);
}

/** A file that is all ours. */
export function putOwn(making: Making, file: OwnFile, owner: Owner): void {
  const { places, next, plan, touched } = making;
  const path = join(places.etc, file.target);
  // Said before anything is done; the doing looks again.
  realFolder(dirname(path));
  for (const folder of foldersBetween(places.etc, path)) putFolder(making, folder, 0o750, owner);
  const was = readWas(path);
  next.own.push({ path, sha: shaOf(file.bytes) });
  // FreePBX's own repair of rights makes every file readable; one that holds a password is closed again.
  const open = file.secret && was !== null && (was.mode & 0o007) !== 0;
  if (was?.bytes.equals(file.bytes) === true && !open) return;
  const { bytes, mode, secret } = file;
  plan.changes.push({ kind: 'write', path, was, bytes, mode, owner, secret, why: '' });
  touched.add(partOf(path));
}

/** A file of systemd. True when it changes. */
export function putUnitFile(making: Making, path: string, text: string): boolean {
  putFolder(making, dirname(path), 0o755, ROOT);
  const [bytes, was] = [Buffer.from(text), readWas(path)];
  making.next.own.push({ path, sha: shaOf(bytes) });
  if (was?.bytes.equals(bytes) === true) return false;
  making.plan.changes.push({ kind: 'write', path, was, bytes, mode: 0o644, owner: ROOT, secret: false, why: '' });
  return true;
}

/** Files of ours that this version has no more; what is not in Asterisk's folder stays what it was. */
export function dropGone({ places, before, next, plan, touched }: Making): void {
  const below = join(places.etc, 'dialhook/');
  for (const old of before?.own ?? []) {
    if (next.own.some(({ path }) => path === old.path)) continue;
    if (!old.path.startsWith(below)) next.own.push(old);
    const was = old.path.startsWith(below) ? readWas(old.path) : null;
    if (was === null) continue;
    plan.changes.push({ kind: 'delete', path: old.path, was, secret: false, why: 'this version has it no more' });
    touched.add(partOf(old.path));
  }
}

/** What a file of the site shall say. */
export interface Wanted {
  path: string;
  /** As it is without us; null when there is none. */
  base: string | null;
  text: string;
  why: string;
  /** For a file that has to be made. */
  mode: number;
  owner: Owner | OwnerNames;
  secret: boolean;
  part: Part | null;
}

/** A file of the site, and what it was before us: that is what a removal puts back. */
export function putSite(making: Making, wanted: Wanted): void {
  const { plan, next, touched } = making;
  const { path, secret, why } = wanted;
  const [was, bytes] = [readWas(path), Buffer.from(wanted.text, 'latin1')];
  const base = wanted.base === null ? null : Buffer.from(wanted.base, 'latin1');
  if (!bytes.equals(base ?? Buffer.alloc(0)))
    next.site.push({ path, was: origin(making, path, base), sha: shaOf(bytes) });
  if (was === null ? bytes.length === 0 : was.bytes.equals(bytes)) return;
  const like = was === null ? wanted : { mode: was.mode, owner: { uid: was.uid, gid: was.gid } };
  plan.changes.push({ kind: 'write', path, was, bytes, mode: like.mode, owner: like.owner, secret, why });
  if (wanted.part !== null) touched.add(wanted.part);
}

/** What the file was without us, kept among the records unless it is kept there already. */
function origin({ places, before, backup, plan }: Making, path: string, base: Buffer | null): SiteFile['was'] {
  const known = before?.site.find((one) => one.path === path);
  if (known?.was === null && (base === null || base.length === 0)) return null;
  if (base === null) return null;
  if (known?.was?.sha === shaOf(base)) return known.was;
  const was = readWas(path);
  if (was === null) return null;
  const name = `${backup}/${backupName(path)}.site`;
  const file = { path: join(places.records, name), was: null, bytes: base, mode: 0o600, owner: ROOT, secret: true };
  plan.changes.push({ kind: 'write', ...file, why: '' });
  return { backup: name, sha: shaOf(base), mode: was.mode, uid: was.uid, gid: was.gid };
}

/** The record itself, last: until it is there, nothing is installed. */
export function putRecord({ places, plan, next }: Making): void {
  const path = recordPath(places);
  const file = { path, was: readWas(path), bytes: recordText(next), mode: 0o600, owner: ROOT, secret: true };
  plan.changes.push({ kind: 'write', ...file, why: 'the record of what was done' });
}

/** Folders between the configuration folder and a file in it, the outermost first. */
function foldersBetween(etc: string, path: string): string[] {
  const above = dirname(path);
  return above === etc || above === '/' ? [] : [...foldersBetween(etc, above), above];
}

export const partOf = (path: string): Part =>
  path.endsWith('/manager.conf') ? 'manager.conf' : path.endsWith('/queues.conf') ? 'queues.conf' : 'extensions.conf';
