// Where things lie on the host. Everything stands below `root`, so that a copy of a system can be worked on.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Places {
  /** `/`, or the folder of a copy. */
  root: string;
  /** Asterisk's configuration folder. */
  etc: string;
  /** Our configuration file. */
  config: string;
  /** Folder of our records: what was installed, and backups. */
  records: string;
  unit: string;
  /** Folder of what we add to a unit. */
  dropIn: string;
  /** Folder of the journal and an embedded database. */
  data: string;
  /**
   * Folder of what Asterisk's user and the server both write: the spool file, the lists. Not below /var/spool/asterisk: at each start
   * `fwconsole chown` takes the group's right to write from everything there.
   */
  spool: string;
  freepbxConf: string;
  /** Folder of the lock against two runs at once. */
  lock: string;
  /** The package: it holds dialplan, sql, … */
  home: string;
}

/** @param etc Asterisk's configuration folder; the usual one below `root` unless said */
export function placesOf(root: string, etc?: string): Places {
  return {
    root,
    etc: etc ?? join(root, 'etc/asterisk'),
    config: join(root, 'etc/dialhook/dialhook.conf'),
    records: join(root, 'etc/dialhook/install'),
    unit: join(root, 'etc/systemd/system/dialhook.service'),
    dropIn: join(root, 'etc/systemd/system/dialhook.service.d'),
    data: join(root, 'var/lib/dialhook'),
    spool: join(root, 'var/spool/dialhook'),
    freepbxConf: join(root, 'etc/freepbx.conf'),
    lock: join(root, 'run/dialhook-install'),
    home: packageFolder(),
  };
}

/** The folder that holds package.json: in a checkout and in a build it is not equally far. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== '/') folder = dirname(folder);
  return folder;
}

/** A path as the running system sees it, without the root of a copy. */
export const seen = ({ root }: Places, path: string): string =>
  root === '/' ? path : join('/', path.startsWith(root) ? path.slice(root.length) : path);

export const versionOf = ({ home }: Places): string =>
  (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }).version;
