// How long it takes to find the recordings of a busy site, and what memory that needs: `node --import tsx bench/recordings.ts 100000`.
// Empty files by FreePBX's names, a thousand a day (or all in one folder with --flat), an embedded database, both below TMPDIR.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeFolder, temporaryFolder } from '../scripts/lab/leaving.js';
import { link } from '../src/recordings/link.js';
import { moveFlat } from '../src/recordings/move.js';
import { purge } from '../src/recordings/purge.js';
import { scan } from '../src/recordings/scan.js';
import { MIGRATIONS } from '../src/serve/tables.js';
import { openDatabase } from '../src/store/database.js';
import { migrate } from '../src/store/migrate.js';
import { freepbxPath } from '../test/recordings/trees.js';

const DAY = 86_400_000;
const files = Number(process.argv[2] ?? 100_000);
const flat = process.argv.includes('--flat');
const folder = temporaryFolder('bench-recordings');
const root = join(folder, 'monitor');
// Half a minute ahead: what was made just now counts as written, not as being written.
const now = () => Date.now() + 120_000;

let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);

async function measure(what: string, act: () => Promise<unknown>): Promise<void> {
  const [from, cpu, before] = [performance.now(), process.cpuUsage(), process.memoryUsage.rss()];
  peak = before;
  const said = await act();
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  const mb = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
  process.stdout.write(
    `${what.padEnd(34)} ${(ms / 1000).toFixed(2).padStart(7)} s  cpu ${((user + system) / 1e6).toFixed(2).padStart(6)} s  rss ${mb(before)} → at most ${mb(peak)} MB  ${JSON.stringify(said)}\n`,
  );
}

try {
  const start = Date.now() - Math.ceil(files / 1000) * DAY;
  mkdirSync(root, { recursive: true });
  let made = '';
  for (let i = 0; i < files; i += 1) {
    const path = freepbxPath(start + Math.floor(i / 1000) * DAY + (i % 1000) * 60_000, 'q-400-998001234567', i);
    const full = join(root, flat ? path.slice(path.lastIndexOf('/') + 1) : path);
    if (dirname(full) !== made) mkdirSync(dirname(full), { recursive: true });
    made = dirname(full);
    writeFileSync(full, '');
  }
  const db = openDatabase(`sqlite:${join(folder, 'bench.sqlite')}`);
  await migrate(db, MIGRATIONS);
  const parts = { db, pbx: 'pbx1', root, now };
  process.stdout.write(`${files} files${flat ? ' in one folder' : ''}\n`);
  await measure('first scan', () => scan(parts));
  await measure('the same again', () => scan(parts));
  await measure('the same again, nothing changed', () => scan(parts));
  writeFileSync(join(root, flat ? 'one-more.wav' : freepbxPath(start, 'out-1-101', 0)), '');
  await measure('one file more', () => scan(parts));
  await measure('every folder read', () => scan({ ...parts, full: true }));
  await measure('looking for their calls', () => link({ db, pbx: 'pbx1', since: 0 }));
  const rules = { days: 30, queues: {} };
  await measure('what a purge would delete', async () => {
    const { files: due } = await purge({ ...parts, dryRun: true, perSecond: 1000, rules });
    return { due };
  });
  if (flat) await measure('moved into days', () => moveFlat({ from: root, root, timeZone: 'UTC', dryRun: false, now }));
  await db.close();
} finally {
  clearInterval(watch);
  removeFolder(folder);
}
