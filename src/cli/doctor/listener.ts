// Who listens on a port: Linux says it in /proc. Only processes of this user can be seen, all of them by root.
import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';

/** The process that listens on a TCP port of this host; null when nobody does or it can't be seen. */
export async function listenerOf(port: number): Promise<{ pid: number; command: string } | null> {
  const inodes = await socketsOf(port);
  if (inodes.size === 0) return null;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await holds(pid, inodes))) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return { pid: Number(pid), command: command.replaceAll('\0', ' ').trim().slice(0, 200) };
  }
  return null;
}

/** Inodes of the sockets that listen on the port, from /proc/net/tcp: `sl local remote st … inode`. */
async function socketsOf(port: number): Promise<Set<string>> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((text) => text.split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
  return new Set(rows.filter((row) => row[1]?.endsWith(`:${hex}`) && row[3] === LISTENING).map((row) => row[9] ?? ''));
}

async function holds(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const fd of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}
