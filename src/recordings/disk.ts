// How full the disk of the recordings is. A full disk ends every recording, and where the journal is on it, more than that.
import { statfs } from 'node:fs/promises';

export interface Disk {
  bytes: number;
  /** What is left for others than root. */
  free: number;
}

/** Percent that is taken, as `df` says it. */
export const takenPercent = ({ bytes, free }: Disk): number => (bytes === 0 ? 0 : 100 * (1 - free / bytes));

/** The disk of a folder. @throws when there is no such folder */
export async function diskOf(folder: string): Promise<Disk> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  // What is kept for root is neither taken nor free for us.
  return { bytes: (blocks - bfree + bavail) * bsize, free: bavail * bsize };
}

export interface DiskRules {
  /** Percent from which on it is said; 0: never. */
  warn: number;
  /** Percent from which on the oldest recordings are deleted; 0: never. */
  limit: number;
}

/** Below the limit by so much the deleting ends, percent: else each new recording would begin it again. */
const SLACK = 1;

export type DiskState = 'well' | 'warned' | 'over';

export function judgeDisk(disk: Disk, { warn, limit }: DiskRules): DiskState {
  const taken = takenPercent(disk);
  if (limit > 0 && taken >= limit) return 'over';
  return warn > 0 && taken >= warn ? 'warned' : 'well';
}

/** Whether so much was deleted that it may end. */
export const hasRoom = (disk: Disk, { limit }: DiskRules): boolean => takenPercent(disk) < limit - SLACK;
