// Options of reading FreePBX's own configuration, and of the lists that become dialplan.
import path from 'node:path';
import { databaseUrl, type Kind, whole } from './kinds.js';

const mysqlOrNothing: Kind<string> = {
  ...databaseUrl,
  what: 'mysql://user:password@host:port/asterisk (with ?socket=/path for a socket), or empty: FreePBX is not read',
  read: (value) => (value === '' || value.startsWith('mysql:') ? value && databaseUrl.read(value) : undefined),
};

const fileOrNothing: Kind<string> = {
  what: 'the path of a file, or empty',
  // It stands in a shell's command line of extensions.conf: a character with a meaning there has no place in it.
  read: (value) => {
    if (value === '') return '';
    const file = path.resolve(value);
    return /^[A-Za-z0-9_./-]+$/.test(file) ? file : undefined;
  },
};

export const FREEPBX_OPTIONS = {
  freepbxDatabaseUrl: {
    env: 'DIALHOOK_FREEPBX_DATABASE_URL',
    kind: mysqlOrNothing,
    fallback: '',
    help: 'Database in which FreePBX keeps its configuration, for a user that may only read: names of operators, queues and numbers come from it. Empty: off.',
    secret: true,
  },
  freepbxEverySeconds: {
    env: 'DIALHOOK_FREEPBX_EVERY_SECONDS',
    kind: whole(1, 600, 'seconds'),
    fallback: '30',
    help: 'How often FreePBX is asked whether anything has changed.',
    secret: false,
  },
  listsFile: {
    env: 'DIALHOOK_LISTS_FILE',
    kind: fileOrNothing,
    fallback: '',
    help: 'File with the black list, the VIPs and the routes as dialplan, which #exec of extensions.conf prints. Asterisk’s user must be able to read it. Empty: off.',
    secret: false,
  },
};
