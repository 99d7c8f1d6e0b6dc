// For tests: a folder of recordings, and an index in a real database.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const DAY = 86_400_000;
/** Sound of so many bytes; a wav's header is nothing to whoever does not play it. */
export const sound = (bytes = 4000, of = 'a'): string => of.repeat(bytes);

/** Writes a file with the time it was written, ms. Gives its full path. */
export function put(root: string, path: string, at: number, content = sound()): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  utimesSync(full, at / 1000, at / 1000);
  return full;
}

const two = (n: number) => String(n).padStart(2, '0');

/** Path of a recording as FreePBX on a host with the clock of UTC writes it. */
export function freepbxPath(at: number, head = 'q-400-998001234567', n = 11): string {
  const date = new Date(at);
  const day = [date.getUTCFullYear(), two(date.getUTCMonth() + 1), two(date.getUTCDate())];
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join('');
  return `${day.join('/')}/${head}-${day.join('')}-${time}-${Math.floor(at / 1000)}.${n}.wav`;
}
