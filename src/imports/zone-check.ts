// Pure. Whether calldate was read in the right zone, from rows that hold UTC beside it.
import { ImportFault } from './cdr-source.js';
import type { CdrRow } from './row.js';
import { bornOf } from './text.js';

const ENOUGH = 10;
const QUARTER = 900_000;

/**
 * The ids of channels hold UTC: rows that all lie the same quarters of an hour beside it are read in the wrong zone.
 * @throws ImportFault naming the difference and the option.
 */
export function checkZone(rows: readonly CdrRow[], timeZone: string): void {
  const off = rows
    .filter((row) => row.uniqueid === row.linkedid)
    .flatMap((row) => {
      const born = bornOf(row.uniqueid);
      return born === null ? [] : [row.startedAt - born];
    })
    .sort((a, b) => a - b);
  const middle = off[Math.floor(off.length / 2)] ?? 0;
  if (off.length < ENOUGH || Math.abs(Math.round(middle / QUARTER)) === 0) return;
  const hours = (middle / 3_600_000).toFixed(2).replace(/\.?0+$/, '');
  throw new ImportFault(
    `calldate is ${hours} h away from the time in the channels' own ids: the PBX's time zone is not ${timeZone}. Give it with --time-zone, such as --time-zone Asia/Tashkent.`,
  );
}
