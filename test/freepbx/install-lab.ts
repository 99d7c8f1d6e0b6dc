// For tests of the installation: a copy of a system in a folder, a host without programs, and what a folder holds to the last byte.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../../scripts/lab/asterisk-conf.js';
import { type FreepbxVersion, writeFreepbxEtc } from '../../scripts/lab/freepbx/etc.js';
import { temporaryFolder } from '../../scripts/lab/leaving.js';
import type { Host } from '../../src/freepbx/install/host.js';
import type { Asked, RemoveAsked } from '../../src/freepbx/install/index.js';
import { placesOf } from '../../src/freepbx/install/index.js';

/** Every path below a folder with its kind, mode, owner, and bytes or target. */
export function everything(root: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = join(below, name);
    const { mode, uid, gid, ...stat } = lstatSync(join(root, path));
    const rights = `${mode.toString(8)} ${uid}:${gid}`;
    const link = lstatSync(join(root, path)).isSymbolicLink();
    const folder = !link && lstatSync(join(root, path)).isDirectory();
    const what = link ? readlinkSync(join(root, path)) : folder ? 'folder' : readFileSync(join(root, path), 'latin1');
    found.set(path, `${rights} ${what}`);
    void stat;
    if (folder) for (const [inner, text] of everything(root, path)) found.set(inner, text);
  }
  return found;
}

/** What differs, by path: a failure names it. */
export const differences = (before: Map<string, string>, after: Map<string, string>): string[] => [
  ...[...before]
    .filter(([path, text]) => after.get(path) !== text)
    .map(([path]) => `${after.has(path) ? 'changed' : 'gone'} ${path}`),
  ...[...after.keys()].filter((path) => !before.has(path)).map((path) => `new ${path}`),
];

export const stillHost: Host = {
  live: false,
  run: async () => ({ code: -1, out: '' }),
  portFree: async () => true,
  secret: () => 'f00dfacef00dfacef00dfacef00dface',
  now: () => new Date(Date.UTC(2026, 0, 12, 9)),
};

/** A copy of a FreePBX, or a bare Asterisk that people configure themselves. */
export async function copyOf(kind: FreepbxVersion | 'bare', custom: Files = {}): Promise<string> {
  const root = inMemory(() => temporaryFolder('install'));
  const etc = join(root, 'etc/asterisk');
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nasterisk:x:995:\ndialhook:x:996:\n');
  if (kind !== 'bare') await writeFreepbxEtc(etc, kind, { custom });
  else
    for (const [name, text] of Object.entries({ ...BARE, ...custom }))
      writeFileSync(join(etc, name), text, { mode: 0o644 });
  return root;
}

const BARE: Files = {
  'asterisk.conf': '[options]\nexecincludes = no\n',
  'extensions.conf':
    '[general]\nstatic = yes\n\n[globals]\nTRUNK = PJSIP/trunk ; ours\n\n[from-trunk]\nexten => 5551000,1,Answer()\n same => n,Hangup()\n',
  'manager.conf': '[general]\nenabled = yes\nport = 5039\nbindaddr = 127.0.0.1',
  'queues.conf': '[general]\n',
};

export const askedOf = (root: string, more: Partial<Asked> = {}): Asked => ({
  places: placesOf(root),
  host: stillHost,
  console: { program: 'asterisk', conf: '' },
  database: { url: '', admin: '', name: 'dialhook' },
  ...{ program: '', pbx: '', amiUser: '', agiPort: 0, webPort: 0, reload: true, service: true, migrate: null },
  ...more,
});

export const removalOf = (root: string, more: Partial<RemoveAsked> = {}): RemoveAsked => {
  const { places, host, console, database } = askedOf(root);
  return { places, host, console, database, keepData: false, reload: true, ...more };
};

export const quiet = (told: string[] = []) => ({ dryRun: false, tell: (text: string) => void told.push(text) });

/** Each file is synced to its disk; in memory that costs nothing, and there are thousands in these tests. */
function inMemory<T>(make: () => T): T {
  const before = process.env['TMPDIR'];
  if (existsSync('/dev/shm')) process.env['TMPDIR'] = '/dev/shm';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
