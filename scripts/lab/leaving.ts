// What must be gone when we are: process groups and temporary folders. Three ways lead out: a normal exit, a signal,
// and being killed. The first two are met here; for the third a shell waits on a pipe that only we hold open.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from './wait.js';

const groups = new Set<number>();
const folders = new Set<string>();
const closers: (() => Promise<unknown>)[] = [];
const CLOSERS_MS = 15_000;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Set to keep every temporary folder for a look afterwards. */
const keep = process.env['DIALHOOK_KEEP'] === '1';

/** Kills the process group `pid` when we leave, however that happens; the answer takes it off the list. */
export function remember(pid: number): () => void {
  watch();
  groups.add(pid);
  tellReaper(`group ${pid}`);
  return () => {
    groups.delete(pid);
    tellReaper(`ended ${pid}`);
  };
}

/** A new folder under the system's temporary folder, removed when we leave (DIALHOOK_KEEP=1 keeps it). */
export function temporaryFolder(name: string): string {
  watch();
  const path = mkdtempSync(join(tmpdir(), `dialhook-${name}-`));
  folders.add(path);
  if (!keep) tellReaper(`folder ${path}`);
  return path;
}

/** Removes a folder made by temporaryFolder() now. */
export function removeFolder(path: string): void {
  folders.delete(path);
  if (!keep) rmSync(path, { recursive: true, force: true });
}

/** Runs before we end by SIGINT, SIGTERM or SIGHUP; all of them together have 15 seconds. */
export function onLeaving(closer: () => Promise<unknown>): void {
  watch();
  closers.push(closer);
}

let watching = false;
function watch(): void {
  if (watching) return;
  watching = true;
  process.once('exit', sweep);
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      const close = Promise.allSettled(closers.splice(0).map((closer) => closer()));
      within(close, CLOSERS_MS, 'a clean end').then(
        () => process.exit(status),
        () => process.exit(status),
      );
    });
  }
}

function sweep(): void {
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It is gone already; at the exit there is nobody to tell.
    }
  }
  if (!keep) for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

// The list is kept in the shell, so it works when we get no chance to say anything: the end of our pipe is the signal.
const REAPER = `
groups=' '; folders=''
while read -r what which; do
  case $what in
    group) groups="$groups$which " ;;
    ended) case $groups in *" $which "*) groups="\${groups%% $which *} \${groups#* $which }" ;; esac ;;
    folder) folders="$folders $which" ;;
  esac
done
for pid in $groups; do kill -s KILL -- "-$pid"; done
for path in $folders; do case $path in */dialhook-*) rm -rf -- "$path" ;; esac; done
`;

let reaper: ChildProcess | null = null;
function tellReaper(line: string): void {
  if (reaper === null) {
    reaper = spawn('/bin/sh', ['-c', REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    reaper.on('error', () => {});
    reaper.unref();
    (reaper.stdin as Socket | null)?.on('error', () => {});
    (reaper.stdin as Socket | null)?.unref();
  }
  reaper.stdin?.write(`${line}\n`);
}
