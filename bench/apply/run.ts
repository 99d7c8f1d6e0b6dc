// How many events a second go from records to tables: ordinary queue calls, 50 at every moment, on SQLite and MariaDB.
//   node --import tsx bench/apply/run.ts [--short]
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { startMariaDb } from '../../scripts/lab/mariadb.js';
import { formatLine } from '../../src/call/event.js';
import * as apply from '../../src/record/apply.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import type { JournalState } from '../../src/store/journals.js';
import { migrate } from '../../src/store/migrate.js';

const CALLS = process.argv.includes('--short') ? 1000 : 4000;
const BATCH = 500;
const T0 = Date.UTC(2026, 0, 15, 8, 0, 0);

/** One caller, two operators: the first lets it ring, the second answers. Eight events over 7.4 s. */
function linesOf(n: number): string[] {
  const call = `pbx1-1768464000.${n * 3}`;
  const start = T0 + n * 150;
  const [first, second] = [101 + (n % 40), 101 + ((n + 1) % 40)];
  const line = (at: number, event: string, ch: number, channel: string, more: Record<string, string>) => {
    const uniqueid = `1768464000.${n * 3 + ch}`;
    return formatLine({
      ...{ v: 1, id: `pbx1-${uniqueid}-${at}`, at: start + at, pbx: 'pbx1', call, event, uniqueid },
      ...{ channel: `PJSIP/${channel}-${n}`, linkedid: `1768464000.${n * 3}`, ...more },
    });
  };
  const [a, b] = [String(first), String(second)];
  const queue = { queue: `queue${n % 5}` };
  return [
    line(0, 'call', 0, 'trunk', { direction: 'in', from: `+9980000${n}`, to: '5551000', trunk: 'trunk' }),
    line(210, 'enter', 0, 'trunk', queue),
    line(350, 'offer', 1, a, { ...queue, endpoint: a }),
    line(3360, 'end', 1, a, { side: 'callee', endpoint: a, cause: '0', tech: 'SIP 180 Ringing' }),
    line(4400, 'offer', 2, b, { ...queue, endpoint: b }),
    line(5400, 'answer', 2, b, { ...queue, endpoint: b }),
    line(7420, 'end', 2, b, { side: 'callee', endpoint: b, cause: '16', by: `PJSIP/trunk-${n}` }),
    line(7430, 'end', 0, 'trunk', { side: 'caller', cause: '16', by: `PJSIP/trunk-${n}`, queuestatus: 'CONTINUE' }),
  ];
}

/** All lines in the order of their time: a call begins every 150 ms, so that 50 run at every moment. */
function stream(): string[] {
  const at = (line: string) => Number(/&at=([\d.]+)/.exec(line)?.[1]);
  return Array.from({ length: CALLS }, (_, n) => linesOf(n))
    .flat()
    .sort((a, b) => at(a) - at(b));
}

const memoryOf = (): Parameters<typeof apply.applyBatch>[1] => {
  const make = (apply as { newMemory?: () => unknown }).newMemory;
  return (make?.() ?? new Map()) as Parameters<typeof apply.applyBatch>[1];
};

async function rate(db: Db, lines: readonly string[]): Promise<string> {
  await migrate(db, fileURLToPath(new URL('../../sql/migrations', import.meta.url)));
  const memory = memoryOf();
  let state: JournalState = {
    ...{ server: 'bench', segment: 1, offset: 0, events: 0, repeated: 0, rejected: 0 },
    ...{ lastEventAt: null, appliedAt: T0 },
  };
  const begun = performance.now();
  const cpu = process.cpuUsage();
  for (let i = 0; i < lines.length; i += BATCH) {
    const records = lines.slice(i, i + BATCH).map((line) => ({ line, receivedAt: T0, refusal: '' }));
    state = await apply.applyBatch(db, memory, records, state);
  }
  const seconds = (performance.now() - begun) / 1000;
  if (state.events !== lines.length) throw new Error(`${state.events} of ${lines.length} events were stored`);
  const { user, system } = process.cpuUsage(cpu);
  const each = (user + system) / lines.length;
  return `${Math.round(lines.length / seconds)} events/s, ${Math.round(each)} µs of this process's CPU an event`;
}

const lines = stream();
const folder = temporaryFolder('bench-apply');
const sqlite = openDatabase(`sqlite:${join(folder, 'bench.sqlite')}`);
console.log(`  SQLite   ${await rate(sqlite, lines)}`);
await sqlite.close();
removeFolder(folder);
const server = await startMariaDb();
const mysql = openDatabase(server.url);
console.log(`  MariaDB  ${await rate(mysql, lines)}`);
await mysql.close();
await server.remove();
