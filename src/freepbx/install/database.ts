// Where our tables go: a database of our own beside FreePBX's, made here when this host lets us, else one that somebody made.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dropDatabase,
  hasDatabase,
  lookAt,
  makeDatabase,
  makingSql,
  mayMake,
  type OwnDatabase,
} from '../../store/own-database.js';
import { readGrants, stockGrants } from '../read/grants.js';
import type { Act } from './change.js';
import type { Host } from './host.js';
import type { Places } from './places.js';
import type { MadeDatabase } from './record.js';
import { Refusal } from './refusal.js';

export interface DatabaseAsked {
  /** Given by the person; '' to find out. */
  url: string;
  /** Of an administrator, for tests and remote databases; '' to find out. */
  admin: string;
  name: string;
}

export interface DatabasePlan {
  /** DIALHOOK_DATABASE_URL; '' takes the embedded database. */
  url: string;
  /** DIALHOOK_FREEPBX_DATABASE_URL; '' reads nothing. */
  readUrl: string;
  made: MadeDatabase | null;
  act: Act | null;
  notes: string[];
}

const SOCKETS = ['run/mysqld/mysqld.sock', 'var/lib/mysql/mysql.sock', 'var/run/mysqld/mysqld.sock', 'tmp/mysql.sock'];

/** `$amp_conf['AMPDBUSER'] = 'freepbxuser';` of /etc/freepbx.conf. */
export function ampConf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^\s*\$amp_conf\[\s*['"](\w+)['"]\s*\]\s*=\s*(['"])(.*?)\2\s*;/gm)].map((one) => [
      one[1] ?? '',
      one[3] ?? '',
    ]),
  );
}

const urlOf = (user: string, password: string, at: { host: string; socket: string }, name: string) => {
  const login = password === '' ? user : `${user}:${encodeURIComponent(password)}`;
  const socket = at.socket === '' ? '' : `?socket=${encodeURIComponent(at.socket)}`;
  return `mysql://${login}@${at.host}/${name}${socket}`;
};

/** Logins that may be able to make a database: root by the local socket, then FreePBX's own. */
export function administrators(places: Places): string[] {
  const socket = SOCKETS.map((one) => join(places.root, one)).find((one) => existsSync(one)) ?? '';
  const amp = existsSync(places.freepbxConf)
    ? ampConf(readFileSync(places.freepbxConf, 'utf8'))
    : new Map<string, string>();
  const [user = '', password = ''] = [amp.get('AMPDBUSER'), amp.get('AMPDBPASS')];
  const host = amp.get('AMPDBHOST') || 'localhost';
  const theirs = amp.get('AMPDBSOCK') || (host === 'localhost' ? socket : '');
  return [
    ...(socket === '' ? [] : [urlOf('root', '', { host: 'localhost', socket }, 'mysql')]),
    ...(user === '' ? [] : [urlOf(user, password, { host, socket: theirs }, 'mysql')]),
  ];
}

/** The first login that may make databases and users; null when there is none. */
export async function administrator(places: Places, asked: DatabaseAsked): Promise<string | null> {
  for (const url of asked.admin === '' ? administrators(places) : [asked.admin])
    if (await mayMake(url).catch(() => false)) return url;
  return null;
}

/** What is to be done about the database. @throws Refusal with the statements when somebody else has to make it */
export async function planDatabase(
  places: Places,
  host: Host,
  asked: DatabaseAsked,
  freepbx: boolean,
): Promise<DatabasePlan> {
  const none: DatabasePlan = { url: asked.url, readUrl: '', made: null, act: null, notes: [] };
  if (asked.url !== '') return none;
  if (!host.live && asked.admin === '') return { ...none, notes: ['The tables go into an embedded database.'] };
  const admin = await administrator(places, asked);
  const password = host.secret();
  const own: OwnDatabase = { name: asked.name, user: asked.name, host: 'localhost', reader: null };
  if (admin === null) {
    if (!freepbx)
      return { ...none, notes: ['No MariaDB lets us make a database: the tables go into an embedded one.'] };
    throw new Refusal(byHand(own));
  }
  return planOwn(admin, own, { user: password, reader: host.secret() }, freepbx ? theirDatabase(places) : '');
}

const theirDatabase = ({ freepbxConf }: Places) =>
  (existsSync(freepbxConf) ? ampConf(readFileSync(freepbxConf, 'utf8')).get('AMPDBNAME') : undefined) ?? 'asterisk';

async function planOwn(
  admin: string,
  asked: OwnDatabase,
  passwords: { user: string; reader: string },
  theirs: string,
): Promise<DatabasePlan> {
  const reads = theirs !== '' && (await hasDatabase(admin, theirs));
  const own = { ...asked, reader: reads ? `${asked.name}_read` : null };
  const taken = await lookAt(admin, own);
  const names = [
    ...(taken.database ? [`the database ${own.name}`] : []),
    ...(taken.user ? [`the user ${own.user}`] : []),
    ...(taken.reader ? [`the user ${own.reader}`] : []),
  ];
  if (names.length > 0)
    throw new Refusal(
      `${names.join(' and ')} exists already and was not made by this installation: give its address with --database-url, or choose another name with --database`,
    );
  const at = new URL(admin);
  const socket = at.searchParams.get('socket') ?? '';
  const url = (user: string, password: string, name: string) =>
    urlOf(user, password, { host: at.host || 'localhost', socket }, name);
  const reader = reads ? `, user ${own.reader}@${own.host} to read names from ${theirs}` : '';
  const account = `'${own.reader}'@'${own.host}'`;
  return {
    url: url(own.user, passwords.user, own.name),
    readUrl: reads ? url(`${own.name}_read`, passwords.reader, theirs) : '',
    made: own,
    notes: [],
    act: {
      kind: 'act',
      says: `make database ${own.name} and user ${own.user}@${own.host}${reader}`,
      do: () =>
        makeDatabase(admin, own, passwords, reads ? [...readGrants(theirs, account), ...stockGrants(account)] : []),
      undo: () => dropDatabase(admin, own),
    },
  };
}

const byHand = (own: OwnDatabase) =>
  `nobody here may make a database. Run these statements as its administrator, with a password of your choice, and then this command again with
  --database-url mysql://${own.user}:PASSWORD@localhost/${own.name} (or DIALHOOK_DATABASE_URL in the environment):
${makingSql(own, 'PASSWORD')
  .map((one) => `  ${one};`)
  .join('\n')}`;
