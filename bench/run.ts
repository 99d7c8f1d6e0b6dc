// The rooms of the bench, one after the other: ratios and medians of one run, beside a floor of the same minutes.
//   make bench                     all of them
//   make bench ARGS="agi idle"     some of them
//   make bench ARGS="agi --short"  one of them, short, where it knows how
// Niceness does not put it before other programs where the kernel groups processes by session (sched_autogroup): keep the machine quiet.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { load } from './lib/machine.js';
import { type Figure, type Told, table } from './lib/report.js';

/** In the order in which they run; `imports` (a million rows) only by its name. */
const ROOMS = ['agi', 'idle', 'ack', 'drain', 'viewers', 'apply', 'monitor', 'scale', 'imports'] as const;
const ONLY_BY_NAME: readonly string[] = ['imports'];
/** A room that takes longer hangs. */
const DEADLINE_MS = 15 * 60_000;

const fileOf = (room: string) => new URL(`./${room}/run.ts`, import.meta.url);
const here = ROOMS.filter((room) => existsSync(fileOf(room)));
const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--'));
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((name) => !(here as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}"; there are ${here.join(', ')}.`);
  process.exit(2);
}
const chosen = here.filter((room) => (named.length > 0 ? named.includes(room) : !ONLY_BY_NAME.includes(room)));

/** Runs a room and gives what it found; a room without figures of its own has printed what it has. */
function play(room: string): Promise<{ figures: Figure[]; failed: boolean }> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileOf(room).pathname, ...flags], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const figures: Figure[] = [];
  child.on('message', (told: Told) => figures.push(...told.figures));
  const deadline = setTimeout(() => child.kill('SIGTERM'), DEADLINE_MS);
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearTimeout(deadline);
      resolve({ figures, failed: status !== 0 });
    });
  });
}

const all: Figure[] = [];
let failed = false;
const begun = load();
for (const room of chosen) {
  console.log(`\n== ${room}`);
  const result = await play(room);
  all.push(...result.figures);
  if (!result.failed) continue;
  failed = true;
  all.push({ what: `bench ${room}`, ours: 'it failed: see above', beside: '', reached: false });
}
console.log(`\n== make bench ARGS="${chosen.join(' ')}": load ${begun} before, ${load()} after\n`);
console.log(table(all));
process.exit(failed ? 1 : 0);
