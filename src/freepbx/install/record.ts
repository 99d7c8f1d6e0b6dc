// What an installation did, kept so that a removal finds all of it: /etc/dialhook/install/installed.json, for root alone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from './manifest.js';
import type { Places } from './places.js';

/** A file of the site that holds lines of ours. */
export interface SiteFile {
  path: string;
  /** As it was before us; null when there was none. `backup` is a name below the records. */
  was: { backup: string; sha: string; mode: number; uid: number; gid: number } | null;
  /** SHA-256 as we left it. */
  sha: string;
}

export interface MadeDatabase {
  name: string;
  user: string;
  host: string;
  /** User that reads FreePBX's tables; null when it was not made. */
  reader: string | null;
}

export interface Installed {
  format: 1;
  /** Of the package. */
  version: string;
  at: string;
  kind: Kind;
  etc: string;
  /** Taken out again, the data kept: only what data needs is still there. */
  removed: boolean;
  own: { path: string; sha: string }[];
  site: SiteFile[];
  /** Folders that we made, the outermost first. */
  folders: string[];
  database: MadeDatabase | null;
  /** The system user `dialhook` was made by us. */
  user: boolean;
  /** The data folder held something before us: it is not ours to take away. */
  dataWas?: boolean;
  /** The unit was enabled by us. */
  service: boolean;
}

export const recordPath = ({ records }: Places) => join(records, 'installed.json');

/** Null when nothing is installed. */
export function readRecord(places: Places): Installed | null {
  const path = recordPath(places);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Installed) : null;
}

export const recordText = (installed: Installed): Buffer => Buffer.from(`${JSON.stringify(installed, null, 2)}\n`);
