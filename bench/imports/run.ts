// How fast a foreign cdr comes in: a made-up table in a real MariaDB, brought in by the program itself.
//   node --import tsx bench/imports/run.ts [--rows 1000000] [--sqlite] [--no-index]
// Prints rows a second, CPU seconds and the most memory of the program, and of a second run, which finds all there.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { type MariaDb, startMariaDb } from '../../scripts/lab/mariadb.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const args = process.argv.slice(2);
const ROWS = Number(args[args.indexOf('--rows') + 1] ?? '') || 1_000_000;
const PAGE = 5000;
const TEXTS =
  'clid src dst dcontext channel dstchannel lastapp lastdata disposition accountcode uniqueid userfield did recordingfile cnum cnam linkedid'.split(
    ' ',
  );

const hex = (n: number) => n.toString(16).padStart(8, '0');
const local = (second: number) => new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** The rows of the n-th call: queues with a missed ring (6 of 10), outgoing (2), not answered (1), abandoned (1). */
function rowsOf(n: number): Record<string, unknown>[] {
  const at = Date.UTC(2025, 0, 1) / 1000 + n * 8;
  const id = `${at}.${n}`;
  const phone = (k: number) => `PJSIP/1${10 + (k % 40)}-${hex(k)}`;
  const common = {
    calldate: local(at),
    uniqueid: id,
    linkedid: id,
    src: '+998001112233',
    clid: '"Anna" <+998001112233>',
    sequence: n,
  };
  const queue = {
    ...common,
    channel: `PJSIP/trunk-${hex(n)}`,
    dst: '400',
    did: '5551000',
    lastapp: 'Queue',
    lastdata: '400,t,,,300',
  };
  const kind = n % 10;
  if (kind < 6)
    return [
      { ...queue, dstchannel: phone(n), duration: 15, billsec: 15, disposition: 'NO ANSWER' },
      {
        ...queue,
        calldate: local(at + 16),
        dstchannel: phone(n + 7),
        duration: 95,
        billsec: 95,
        disposition: 'ANSWERED',
      },
    ];
  if (kind === 6) return [{ ...queue, duration: 25, billsec: 25, disposition: 'ANSWERED' }];
  const dial = { ...common, channel: phone(n), src: phone(n).slice(6, 9), lastapp: 'Dial' };
  if (kind === 7)
    return [
      {
        ...dial,
        dst: '102',
        dstchannel: phone(n + 1),
        lastdata: 'PJSIP/102,20',
        duration: 20,
        billsec: 0,
        disposition: 'NO ANSWER',
      },
    ];
  const out = { dst: '+998001234567', dstchannel: `PJSIP/trunk-${hex(n)}`, lastdata: 'PJSIP/+998001234567@trunk,60' };
  return [{ ...dial, ...out, duration: 70, billsec: 60, disposition: 'ANSWERED' }];
}

async function fill(url: string): Promise<void> {
  const link = await mysql.createConnection({ uri: url });
  const columns = ['calldate', ...TEXTS, 'duration', 'billsec', 'sequence'];
  const texts = TEXTS.map((name) => `${name} VARCHAR(255) NOT NULL DEFAULT ''`).join(', ');
  const index = args.includes('--no-index') ? '' : ', KEY calldate (calldate)';
  await link.query(
    `CREATE TABLE cdr (calldate DATETIME NOT NULL, ${texts}, duration INT, billsec INT, sequence INT ${index}) ENGINE=InnoDB`,
  );
  let rows: unknown[][] = [];
  for (let n = 0, made = 0; made < ROWS; n += 1) {
    for (const row of rowsOf(n)) rows.push(columns.map((name) => row[name] ?? ''));
    if (rows.length < PAGE && made + rows.length < ROWS) continue;
    made += rows.length;
    await link.query(`INSERT INTO cdr (${columns.join()}) VALUES ?`, [rows]);
    rows = [];
  }
  await link.query('ANALYZE TABLE cdr');
  await link.end();
}

interface Measured {
  seconds: number;
  cpu: number;
  megabytes: number;
}

function bringIn(server: MariaDb, from: string): Promise<Measured> {
  const url = new URL(from);
  const into = args.includes('--sqlite') ? `sqlite:${join(server.folder, 'target.sqlite')}` : server.url;
  const env = { DIALHOOK_IMPORT_PASSWORD: url.password, DIALHOOK_DATABASE_URL: into, DIALHOOK_DATA_DIR: server.folder };
  url.password = '';
  const begun = performance.now();
  const words = ['--import', 'tsx', 'src/main.ts', 'import-cdr', '--from', url.toString(), '--time-zone', 'UTC'];
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'inherit',
  });
  const measured: Measured = { seconds: 0, cpu: 0, megabytes: 0 };
  const watch = setInterval(() => look(child.pid ?? 0, measured), 250);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      clearInterval(watch);
      measured.seconds = (performance.now() - begun) / 1000;
      if (code === 0) resolve(measured);
      else reject(new Error(`import-cdr ended with ${code}`));
    });
  });
}

/** What Linux says of the process: the most memory it ever held, and its CPU time in hundredths of a second. */
function look(pid: number, measured: Measured): void {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
    measured.megabytes = Math.max(measured.megabytes, Math.round(Number(peak ?? 0) / 1024));
    measured.cpu = (Number(words[13]) + Number(words[14])) / 100;
  } catch {
    // It has just ended.
  }
}

const server = await startMariaDb();
try {
  const from = await server.createDatabase();
  await fill(from);
  for (const what of ['first run', 'second run']) {
    const { seconds, cpu, megabytes } = await bringIn(server, from);
    const rate = Math.round(ROWS / seconds);
    process.stdout.write(
      `${what}: ${ROWS} rows in ${seconds.toFixed(1)} s (${rate} a second), ${cpu.toFixed(1)} s of CPU, ${megabytes} MB at most\n`,
    );
  }
} finally {
  await server.remove();
}
