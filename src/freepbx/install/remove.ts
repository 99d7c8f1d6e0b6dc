// What a removal changes: everything back to what it was before us, in a site's file that was edited meanwhile only our own lines.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dropDatabase } from '../../store/own-database.js';
import type { Act, Plan } from './change.js';
import { administrator, type DatabaseAsked } from './database.js';
import { readWas, realOf, shaOf } from './files.js';
import type { Host } from './host.js';
import { bareIncludes, FREEPBX_INCLUDES, INCLUDE_LINES } from './manifest.js';
import type { Places } from './places.js';
import { backupOf, isUp } from './plan.js';
import { partOf } from './puts.js';
import { type Installed, readRecord, recordPath, recordText, type SiteFile } from './record.js';
import { Refusal } from './refusal.js';
import { type Console, dropUser, type Part, reloads, systemctl } from './service.js';
import { withoutBlock } from './settings.js';
import { takeOut } from './text.js';

export interface RemoveAsked {
  places: Places;
  host: Host;
  console: Console;
  database: DatabaseAsked;
  keepData: boolean;
  reload: boolean;
}

export interface RemovePlan extends Plan {
  backup: string;
}

/** @throws Refusal when it can not be done, with the way out */
export async function planRemove(asked: RemoveAsked): Promise<RemovePlan> {
  const { places, host, keepData } = asked;
  const installed = readRecord(places) ?? remains(places);
  const plan: RemovePlan = { changes: [], notes: [], warnings: [], backup: backupOf(places, host.now()) };
  const touched = new Set<Part>();
  const drop = keepData ? null : await databaseDrop(asked, installed);
  if (installed.service && host.live && !installed.removed)
    plan.changes.push(systemctl(host, 'disable --now dialhook', 'enable --now dialhook'));
  const kept = installed.site.filter(({ path }) => keepData && path === places.config);
  for (const file of installed.site) if (!kept.includes(file)) putBack(places, file, plan, touched);
  for (const file of installed.own) dropOwn(file, plan, touched);
  if (asked.reload && (await isUp(asked))) plan.changes.push(...reloads(host, asked.console, touched, ''));
  const units = installed.own.some(({ path }) => path.startsWith(dirname(places.unit)));
  if (units && host.live) plan.changes.push(systemctl(host, 'daemon-reload', null, { reload: true }));
  // One that was there before us goes on, without what we had given it.
  if (units && host.live && !installed.service)
    plan.changes.push(systemctl(host, 'try-restart dialhook', null, { may: true }));
  // What lies in these goes last, or stays, and so do the folders around them.
  const held = [places.data, places.spool, places.records];
  dropFolders(
    installed.folders.filter((path) => !held.some((one) => `${one}/`.startsWith(`${path}/`))),
    plan,
  );
  if (installed.dataWas === true)
    plan.notes.push(`${places.data} held data before Dialhook came to this PBX: it stays`);
  if (keepData) keep(places, installed, kept, plan);
  else plan.changes.push(...last(asked, installed, drop));
  return plan;
}

/** Without a record: lines of ours that came with files of another system. */
function remains({ etc }: Places): Installed {
  const files = [...new Set([...FREEPBX_INCLUDES, ...bareIncludes(true)].map(({ file }) => file))];
  const site = files
    .map((file) => join(etc, file))
    .filter(
      (path) =>
        existsSync(path) && takeOut(readFileSync(path, 'latin1'), INCLUDE_LINES) !== readFileSync(path, 'latin1'),
    )
    .map((path): SiteFile => ({ path: realOf(path), was: { backup: '', sha: '', mode: 0, uid: 0, gid: 0 }, sha: '' }));
  return {
    ...{ format: 1, version: '', at: '', kind: 'bare', etc, removed: false, own: [], site, folders: [] },
    ...{ database: null, user: false, service: false },
  };
}

function putBack(places: Places, file: SiteFile, plan: RemovePlan, touched: Set<Part>): void {
  const { path } = file;
  const was = readWas(path);
  if (was === null) return;
  const untouched = shaOf(was.bytes) === file.sha;
  const text = was.bytes.toString('latin1');
  const out = path === places.config ? withoutBlock(text) : takeOut(text, INCLUDE_LINES);
  const original = untouched && file.was !== null ? readWas(join(places.records, file.was.backup)) : null;
  const bytes = original?.bytes ?? Buffer.from(out, 'latin1');
  const secret = path === places.config;
  if (!secret) touched.add(partOf(path.replace(/(manager|queues)[^/]*\.conf$/, '$1.conf')));
  if (file.was === null && bytes.length === 0) {
    plan.changes.push({ kind: 'delete', path, was, secret, why: 'there was none before' });
    return;
  }
  if (was.bytes.equals(bytes)) return;
  const why = untouched ? 'as it was before' : 'it was edited meanwhile: only our lines go';
  const owner = { uid: was.uid, gid: was.gid };
  plan.changes.push({ kind: 'write', path, was, bytes, mode: was.mode, owner, secret, why });
}

function dropOwn({ path, sha }: { path: string; sha: string }, plan: RemovePlan, touched: Set<Part>): void {
  const was = readWas(path);
  if (was === null) return;
  if (shaOf(was.bytes) !== sha)
    plan.notes.push(`${path} is ours and was edited; it goes, with what was written into it`);
  plan.changes.push({ kind: 'delete', path, was, secret: path.endsWith('manager.conf'), why: '' });
  touched.add(partOf(path));
}

/** The innermost first. One that holds something else stays. */
function dropFolders(paths: readonly string[], plan: RemovePlan): void {
  for (const path of [...paths].reverse()) {
    if (!existsSync(path)) continue;
    const { mode, uid, gid } = statSync(path);
    plan.changes.push({ kind: 'rmdir', path, mode: mode & 0o7777, uid, gid, why: '' });
  }
}

/** What stays with --keep-data: our settings, the tables, the journal, and the record that these are ours. */
function keep({ records, ...places }: Places, installed: Installed, kept: SiteFile[], plan: RemovePlan): void {
  const next: Installed = { ...installed, removed: true, own: [], site: kept, folders: installed.folders };
  const path = recordPath({ records, ...places });
  const file = {
    path,
    was: readWas(path),
    bytes: recordText(next),
    mode: 0o600,
    owner: { uid: 0, gid: 0 },
    secret: true,
  };
  if (installed.version !== '') plan.changes.push({ kind: 'write', ...file, why: 'the record that data was kept' });
}

async function databaseDrop({ places, database }: RemoveAsked, installed: Installed): Promise<Act | null> {
  const made = installed.database;
  if (made === null) return null;
  const admin = await administrator(places, database);
  if (admin === null)
    throw new Refusal(
      `nobody here may drop the database ${made.name}: name its administrator with --database-admin, or leave it there with --keep-data`,
    );
  const users = [made.user, made.reader].filter((one) => one !== null).join(' and ');
  return {
    ...{ kind: 'act', says: `drop database ${made.name} and user ${users}`, final: true, undo: null },
    do: () => dropDatabase(admin, made),
  };
}

const OURS_IN_SPOOL = ['events.spool', 'lists.conf', 'lists.conf.last', 'lists.conf.new'];

/** What can't be put back comes when all the rest is done. */
function last({ places, host }: RemoveAsked, installed: Installed, drop: Act | null): Act[] {
  const purge = (path: string, what: string): Act[] =>
    existsSync(path)
      ? [
          {
            ...{ kind: 'act', says: `remove ${path}: ${what}`, final: true, undo: null },
            do: () => rm(path, { recursive: true }),
          },
        ]
      : [];
  const spool = installed.folders.includes(places.spool)
    ? purge(places.spool, 'lines that no server took, and the lists')
    : // A folder that was there before us keeps what others have in it.
      OURS_IN_SPOOL.flatMap((name) => purge(join(places.spool, name), 'written by the server and our hooks'));
  const folders = [...installed.folders].reverse().filter((path) => !path.startsWith(`${places.etc}/`));
  return [
    ...(drop === null ? [] : [drop]),
    ...(installed.dataWas === true ? [] : purge(places.data, 'the journal, and an embedded database')),
    ...spool,
    ...(installed.user && host.live ? [dropUser(host)] : []),
    ...purge(places.records, 'our records and backups'),
    {
      ...{ kind: 'act', says: 'remove the folders that were made for them', final: true, undo: null },
      async do() {
        for (const path of folders) await rmdir(path).catch(() => undefined);
      },
    },
  ];
}
