// What an installation or an upgrade changes: the wanted texts against what is there. Reads only.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Act, Owner, Plan } from './change.js';
import type { DatabaseAsked } from './database.js';
import { detect, type System } from './detect.js';
import { numbersOf, realOf } from './files.js';
import type { Host } from './host.js';
import {
  hooksConf,
  hooksOf,
  LISTS_TARGET,
  listsExec,
  type OwnFile,
  ownFiles,
  plainExtensions,
  plainGlobals,
  siteConf,
  type Values,
} from './manifest.js';
import { type Places, seen, versionOf } from './places.js';
import { dropGone, type Making, putFolder, putOwn, putRecord, putSite, putUnitFile } from './puts.js';
import { type Installed, readRecord } from './record.js';
import { Refusal } from './refusal.js';
import { type Console, dropInText, makeUser, reloads, runs, systemctl, unitText } from './service.js';
import { withBlock } from './settings.js';
import { databaseOf, settle } from './settle.js';
import { hasGlobals, siteTexts } from './site.js';
import { readTree, settingOf } from './tree.js';

export interface Asked {
  places: Places;
  host: Host;
  console: Console;
  database: DatabaseAsked;
  /** The program `dialhook`, for the unit and for #exec; '' when it is not installed. */
  program: string;
  /** Values of the command line; '' or 0 takes what is set already, else the default. */
  pbx: string;
  amiUser: string;
  agiPort: number;
  webPort: number;
  reload: boolean;
  service: boolean;
  /** Brings the tables up to date; null leaves that to the server. Names of what ran. */
  migrate: (() => Promise<string[]>) | null;
}

export interface InstallPlan extends Plan {
  system: System;
  backup: string;
}

/** @throws Refusal when it can not be done, with the way out */
export async function planInstall(asked: Asked): Promise<InstallPlan> {
  const { places, host } = asked;
  if (!existsSync(join(places.etc, 'extensions.conf')))
    throw new Refusal(`${places.etc} has no extensions.conf: there is no Asterisk. Name its folder with --etc`);
  const before = readRecord(places);
  const system = await detect(places, host);
  const settled = await settle(asked, system, before);
  const database = await databaseOf(asked, settled.old, system);
  const making = begin(asked, system, before);
  const { plan, next } = making;
  next.database = before?.database ?? database.made;
  plan.notes.push(...database.notes);
  plan.warnings.push(...warningsOf(system, asked));

  const owner = ownerOf(places);
  const own = ownOf(asked, system, settled.values);
  const site = siteTexts(places.etc, system, system.kind === 'freepbx' ? hooksOf(places.home) : [], own);
  plan.notes.push(...site.notes);
  plan.warnings.push(...site.warnings);
  const hooks = hooksConf(site.hooks);
  await putUser(asked, making);
  putFolder(making, places.spool, 0o770, owner);
  for (const file of own)
    putOwn(making, file.target.endsWith('freepbx/hooks.conf') ? { ...file, bytes: Buffer.from(hooks) } : file, owner);
  if (database.act !== null) plan.changes.push(database.act);
  const urls = { DIALHOOK_DATABASE_URL: database.url, DIALHOOK_FREEPBX_DATABASE_URL: database.readUrl };
  putConfig(making, { ...settled.wanted, ...urls });
  await putService(asked, making, owner, settled.values);
  for (const text of site.texts) putSite(making, { ...text, owner, secret: false, part: text.from });
  dropGone(making);
  if (asked.reload && (await isUp(asked)))
    plan.changes.push(...reloads(host, asked.console, making.touched, 'dialhook-event'));
  else if (making.touched.size > 0)
    plan.notes.push('Asterisk is not asked to read its files: it does so at its next start or reload.');
  if (plan.changes.length > 0 || before === null || !alike(before, next)) putRecord(making);
  return { ...plan, system, backup: making.backup };
}

/** Whether there is an Asterisk that can be asked. */
export const isUp = async ({ host, console }: Pick<Asked, 'host' | 'console'>) =>
  host.live && (await runs(host, console));

function begin({ places, host }: Asked, system: System, before: Installed | null): Making {
  const next: Installed = {
    ...{ format: 1, version: versionOf(places), at: host.now().toISOString(), kind: system.kind, etc: places.etc },
    ...{ removed: false, own: [], site: [], folders: [...(before?.folders ?? [])], database: null },
    ...{ user: before?.user ?? false, service: before?.service ?? false },
    dataWas: before === null ? holdsSomething(places.data) : before.dataWas === true,
  };
  // It is made before the first change, for what has to be known to put the others back.
  const ours = dirname(places.records);
  if (!existsSync(ours) && !next.folders.includes(ours)) next.folders.push(ours);
  const plan: Plan = { changes: [], notes: [], warnings: [] };
  return { places, plan, backup: backupOf(places, host.now()), before, next, touched: new Set() };
}

const holdsSomething = (folder: string) => existsSync(folder) && readdirSync(folder).length > 0;

/** Whether two records say the same of the host; when it was is no matter. */
const alike = (a: Installed, b: Installed) => JSON.stringify({ ...a, at: '' }) === JSON.stringify({ ...b, at: '' });

/** A folder name that no run had before, in the order of time. */
export function backupOf({ records }: Places, now: Date): string {
  const name = `backup-${now.toISOString().replace(/[:.]/g, '-')}`;
  let [made, n] = [name, 1];
  while (existsSync(join(records, made))) made = `${name}-${++n}`;
  return made;
}

/**
 * Whom our files in Asterisk's folder belong to: whoever has that folder. Where that is root, Asterisk may still run as another user, who
 * has to read them and to write the spool; for root itself it makes no difference whose they are.
 */
export function ownerOf({ root, etc }: Places): Owner {
  const { uid, gid } = statSync(etc);
  if (uid !== 0) return { uid, gid };
  const conf = readTree(etc, 'asterisk.conf');
  const named = (name: string) => settingOf(conf, 'options', name) || 'asterisk';
  return numbersOf({ user: named('runuser'), group: named('rungroup') }, root);
}

/** All own files; the text of hooks.conf is known when the site's hooks are. */
function ownOf({ places }: Asked, system: System, values: Values): OwnFile[] {
  const made = generated(system, values, listsExec(values, seen(places, places.etc)));
  const taken = new Set(made.map(({ target }) => target));
  return [
    ...ownFiles(places.home, system.kind, values, seen(places, places.etc)).filter(({ target }) => !taken.has(target)),
    ...made,
  ];
}

function generated(system: System, values: Values, exec: string | null): OwnFile[] {
  const file = (target: string, text: string): OwnFile => ({
    target,
    bytes: Buffer.from(text),
    secret: false,
    mode: 0o640,
  });
  const lists = exec === null ? [] : [file(LISTS_TARGET, exec)];
  if (system.kind === 'freepbx')
    return [file('dialhook/freepbx/site.conf', siteConf(values)), file('dialhook/freepbx/hooks.conf', ''), ...lists];
  const { here, anywhere } = hasGlobals(system);
  return [
    file('dialhook/plain/globals.conf', plainGlobals(values)),
    file(
      'dialhook/plain/extensions.conf',
      plainExtensions(here ? 'there' : anywhere ? 'elsewhere' : 'none', exec !== null),
    ),
    ...lists,
  ];
}

function warningsOf(system: System, asked: Asked): string[] {
  const twice = system.extensions.sections.find(({ name }) => name === 'dialhook-event');
  const program = asked.service && asked.host.live && asked.program === '';
  return [
    system.ami.enabled
      ? ''
      : 'manager.conf does not say enabled = yes: clicks, and comparing with the PBX, need the manager interface',
    twice === undefined
      ? ''
      : `the dialplan of Dialhook is taken in by hand already (${twice.file}): take that line out, or Asterisk warns of each of its lines`,
    program
      ? 'the program dialhook is neither in /usr/bin nor in /usr/local/bin, so no service is set up: name it with --program'
      : '',
  ].filter((one) => one !== '');
}

async function putUser({ host, service, program }: Asked, { plan, next }: Making): Promise<void> {
  if (!service || !host.live || program === '' || (await host.run('id', ['-u', 'dialhook'])).code === 0) return;
  next.user = true;
  plan.changes.push(makeUser(host));
}

function putConfig(making: Making, wanted: Record<string, string>): void {
  const path = realOf(making.places.config);
  const now = existsSync(path) ? readFileSync(path, 'latin1') : null;
  const base = now === null ? null : withBlock(now, {});
  const file = {
    path,
    base: createdByUs(making, path) && base === '' ? null : base,
    text: withBlock(now ?? '', wanted),
  };
  const owner = { user: 'root', group: 'dialhook' };
  putSite(making, { ...file, why: 'settings of the server', mode: 0o640, owner, secret: true, part: null });
}

const createdByUs = ({ before }: Making, path: string) =>
  before?.site.some((one) => one.path === path && one.was === null) === true;

/** Unit, drop-in, and the start or a new start where something of it changed. */
async function putService(asked: Asked, making: Making, owner: Owner, { SPOOL, LISTS }: Values): Promise<void> {
  const { places, host, service, program, migrate } = asked;
  const { plan, next, before } = making;
  if (!service || !host.live || program === '') return;
  // Somebody set the server up by hand: his unit stays his, and so does whether it is enabled.
  const theirs = existsSync(places.unit) && before?.own.some(({ path }) => path === places.unit) !== true;
  const runs = theirs && (await host.run('systemctl', ['is-enabled', '--quiet', 'dialhook'])).code === 0;
  const unit = theirs ? null : unitText(places, program);
  const group = groupName(places.root, owner.gid);
  const folders = [SPOOL, LISTS].filter((one) => one?.startsWith('/')).map((one) => dirname(one ?? ''));
  const changed = [
    unit !== null && putUnitFile(making, places.unit, unit),
    putUnitFile(making, join(places.dropIn, 'pbx.conf'), dropInText(folders, group)),
  ].includes(true);
  if (changed) plan.changes.push(systemctl(host, 'daemon-reload', null, { reload: true }));
  const settings = plan.changes.some((one) => one.kind === 'write' && one.path === places.config);
  const newer = before !== null && before.version !== next.version;
  if (newer && migrate !== null) plan.changes.push(migration(migrate));
  if (!runs && (!next.service || before?.removed === true)) {
    next.service = true;
    plan.changes.push(systemctl(host, 'enable --now dialhook', 'disable --now dialhook', { halfway: true }));
  } else if (changed || settings || newer) plan.changes.push(systemctl(host, 'restart dialhook', null, { may: true }));
}

/** The server does it too when it starts; here somebody reads what went wrong. */
const migration = (migrate: () => Promise<string[]>): Act => ({
  kind: 'act',
  says: 'dialhook migrate',
  may: true,
  undo: null,
  do: async () => void (await migrate()),
});

function groupName(root: string, gid: number): string {
  const path = join(root, 'etc/group');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.map((line) => line.split(':')).find((words) => words[2] === String(gid))?.[0] ?? String(gid);
}
