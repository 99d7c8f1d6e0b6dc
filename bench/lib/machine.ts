// This machine: how busy it is, and what a process on it takes.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Load averages of 1, 5 and 15 minutes, and the processes that run just now. */
export const load = (): string => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 4).join(' ');

/** Seconds of CPU that a process and its threads have taken so far: proc(5), in ticks of 10 ms. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Proportional memory of a process and all it started, MB. */
export const memoryOf = (pid: number): number => treeOf(pid).reduce((sum, one) => sum + pssOf(one), 0);

const pssOf = (pid: number): number =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;

/** The fields of /proc/pid/stat from the third on: the name before them, in brackets, may hold blanks. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(statOf(Number(name))[1]));
    } catch {
      // Ended between the listing and the look.
    }
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** @throws Error that says what to do, when a process here may not have so many files and connections open. */
export function needOpenFiles(count: number): void {
  const most = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  if (most === 'unlimited' || Number(most) >= count) return;
  throw new Error(
    `this bench needs ${count} open files in one process, and the limit here is ${most}: run "ulimit -n ${count}" as root before it (ulimit -Hn shows the limit)`,
  );
}

/** @throws Error when there is no second core for who makes the load. */
export function needTwoCores(): void {
  if (availableParallelism() >= 2) return;
  throw new Error('this bench pins the server to one core and who makes the load to another: it needs two cores');
}
