// The monitor while many look at it: 1,000 and 5,000 browsers, logged in, each asking once a second on a connection that
// stays; 120 operators and 12 queues, of which something changes every second. Beside a bare node:http server that hands
// the same bytes out of one buffer.
//   make bench ARGS=viewers          about 100 s
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { startMariaDb } from '../../scripts/lab/mariadb.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { builtForBench } from '../lib/built.js';
import { cpuOf, load, memoryOf, needOpenFiles, needTwoCores } from '../lib/machine.js';
import { BESIDE, endAll, MEASURED, pinSelf, serverOf, start } from '../lib/pinned.js';
import { type Figure, tell } from '../lib/report.js';
import { openCentre, openSessions } from './centre.js';
import { play, type Target } from './play.js';

const short = process.argv.includes('--short');
const MOST = 5_000;
const CASES = [
  { viewers: 1_000, cpu: 15, p99: 5, rounds: short ? 1 : 3 },
  { viewers: MOST, cpu: 45, p99: null, rounds: short ? 1 : 3 },
];
const ALONE_SECONDS = 5;

const here = (name: string) => new URL(`./${name}.ts`, import.meta.url);

/** `--profile=FOLDER`: the server leaves a CPU profile there. */
const profile = (): string[] => {
  const folder = process.argv.find((arg) => arg.startsWith('--profile='))?.slice('--profile='.length);
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
};

const startOurs = async (url: string): Promise<Server> =>
  startServer({
    args: ['--roles', 'web'],
    command: ['taskset', '-c', String(MEASURED), process.execPath, ...profile(), await builtForBench()],
    env: { DIALHOOK_DATABASE_URL: url, DIALHOOK_LOG_LEVEL: 'warn' },
  });

/** The bytes that our server hands out, for the floor to hand out too. */
async function bytesOf(server: Server, cookie: string): Promise<Buffer> {
  const answer = await fetch(`${server.web}/monitor/live`, { headers: { Cookie: `dialhook=${cookie}` } });
  if (answer.status !== 200) throw new Error(`the monitor answers ${answer.status}`);
  const html = Buffer.from(await answer.arrayBuffer());
  const zipped = gzipSync(html, { level: 4 });
  console.log(`  the monitor's live part has ${html.length} bytes, compressed ${zipped.length}`);
  return zipped;
}

async function alone(pid: number): Promise<number> {
  const before = cpuOf(pid);
  await sleep(ALONE_SECONDS * 1000);
  return (100 * (cpuOf(pid) - before)) / ALONE_SECONDS;
}

async function main(folder: string, db: Db, url: string): Promise<void> {
  const server = await startOurs(url);
  const { pid } = server.child;
  try {
    const centre = await openCentre(db);
    const cookies = await openSessions(db, MOST);
    const stop = centre.run();
    const idle = await alone(pid);
    const bytes = join(folder, 'bytes');
    writeFileSync(bytes, await bytesOf(server, cookies[0] ?? ''));
    const bare = await serverOf('floor', here('floor'), [bytes]);
    const targets: Target[] = [
      { name: 'floor', pid: bare.child.pid ?? 0, port: bare.port },
      { name: 'ours', pid, port: Number(new URL(server.web).port) },
    ];
    const loader = start(here('load'), BESIDE);
    const figures: Figure[] = [];
    for (const one of CASES) figures.push(...(await play(one, loader, targets, cookies)));
    await stop();
    const more = { beside: '', reached: null };
    tell([
      ...figures,
      { what: 'the same server while nobody looks', ours: `${idle.toFixed(1)} % of a core`, ...more },
      { what: 'its memory after 5,000 viewers', ours: `${memoryOf(pid).toFixed(0)} MB`, ...more },
    ]);
  } finally {
    await server.stop();
  }
}

needTwoCores();
needOpenFiles(MOST + 500);
console.log(`viewers: up to ${MOST} viewers, by turns; load ${load()}`);
await pinSelf(BESIDE);
const folder = temporaryFolder('bench-viewers');
const maria = await startMariaDb();
const db = openDatabase(maria.url);
try {
  await main(folder, db, maria.url);
} finally {
  await endAll();
  await db.close();
  await maria.remove();
  removeFolder(folder);
}
