// From the hook to the eyes: how long after its first hook a call stands on the supervisor's monitor, in a real browser,
// and how exact its row is afterwards. Real Asterisk, real phones, MariaDB, Chromium.
//   node --import tsx bench/monitor/run.ts           200 calls, about four minutes
//   node --import tsx bench/monitor/run.ts --short   30 calls
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from '../../scripts/lab/chromium.js';
import { startMariaDb } from '../../scripts/lab/mariadb.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { connectAmi } from '../../src/ami/index.js';
import { hashPassword } from '../../src/auth/password.js';
import { createLog } from '../../src/log/log.js';
import { fromDb } from '../../src/store/time.js';
import { createUser } from '../../src/store/users.js';
import { type Centre, openCentre, quiet } from '../../test/stories/centre.js';

const short = process.argv.includes('--short');
const CALLS = short ? 30 : 200;
/** Calls begin so far apart, ms, and each lasts about two seconds: some run side by side. */
const APART = 900;
const PASSWORD = 'a password of this bench';
const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');

const quantile = (sorted: number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * q) - 1)] ?? Number.NaN;
const figures = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return `p50 ${quantile(sorted, 0.5).toFixed(0)}  p90 ${quantile(sorted, 0.9).toFixed(0)}  p99 ${quantile(sorted, 0.99).toFixed(0)}  max ${quantile(sorted, 1).toFixed(0)} ms`;
};

/** Notes on the page when each call is first in the document. Date is the clock that the PBX on this machine has too. */
const WATCH = `
  window.seenCalls = {};
  const look = () => {
    for (const element of document.querySelectorAll('[data-call]')) window.seenCalls[element.dataset.call] ??= Date.now();
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-call'] });
  look();
`;

/** When the PBX itself says that channels began and ended, by its own clock, ms. */
function witness(centre: Centre) {
  const born = new Map<string, number>();
  const gone = new Map<string, number>();
  const { amiPort: port, amiUser: user, amiSecret: secret } = centre.asterisk;
  const ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: createLog({ level: 'silent', pretty: false }) });
  ami.on('event', (message) => {
    const at = Number(message.get('timestamp')) * 1000;
    const id = message.get('uniqueid') ?? '';
    if (message.get('event') === 'Newchannel') born.set(id, at);
    if (message.get('event') === 'Hangup') gone.set(id, at);
  });
  return { born, gone, close: () => ami.close() };
}

async function main(): Promise<void> {
  console.log(`monitor: ${CALLS} calls on Asterisk 22, MariaDB, Chromium; load ${load()}`);
  const maria = await startMariaDb();
  const centre = await openCentre('22', maria.url);
  const chromium = await startChromium();
  try {
    await createUser(
      centre.db,
      { login: 'bench', name: 'Bench', role: 'supervisor', operator: '', passwordHash: await hashPassword(PASSWORD) },
      Date.now(),
    );
    const { page, errors } = await chromium.open({
      baseURL: `http://127.0.0.1:${centre.server.web?.port}`,
      viewport: { width: 1920, height: 1080 },
    });
    await page.goto('/login');
    await page.fill('input[name=login]', 'bench');
    await page.fill('input[name=password]', PASSWORD);
    await page.press('input[name=password]', 'Enter');
    await page.waitForURL('**/monitor');
    await page.evaluate(WATCH);
    const pbx = witness(centre);
    for (const phone of centre.phones.values()) phone.plan = answerAfter(600);
    for (let i = 0; i < CALLS; i += 1) {
      oneCall(centre, ['5551101', '5551102', '5551103', '5551104'][i % 4] ?? '').catch((error: unknown) =>
        console.log(`a call failed: ${String(error)}`),
      );
      await sleep(APART);
      if ((i + 1) % 50 === 0) console.log(`  ${i + 1} calls begun`);
    }
    await sleep(3000);
    await quiet(centre);
    report(await page.evaluate<Record<string, number>>('window.seenCalls'), await rowsOf(centre), pbx);
    if (errors.length > 0) console.log(`the page had errors: ${errors.join('; ')}`);
    await pbx.close();
  } finally {
    await chromium.close();
    await centre.stop();
    await maria.remove();
  }
  console.log(`load at the end ${load()}`);
}

/** A call from outside to an operator, who answers; the caller hangs up. */
async function oneCall(centre: Centre, number: string): Promise<void> {
  const call = centre.trunk.call(number, { from: { number: '+998000000101' } });
  await call.answered(10_000);
  await sleep(1200);
  await call.hangup();
}

interface Row {
  call_id: string;
  linkedid: string;
  outcome: string;
  started_at: string;
  ended_at: string;
}
const rowsOf = async (centre: Centre) =>
  (await centre.db.knex('cdr_calls').select('call_id', 'linkedid', 'outcome', 'started_at', 'ended_at')) as Row[];

function report(
  seen: Record<string, number>,
  rows: Row[],
  pbx: { born: Map<string, number>; gone: Map<string, number> },
): void {
  const delays = rows.flatMap((row) =>
    seen[row.call_id] === undefined ? [] : [(seen[row.call_id] ?? 0) - fromDb(row.started_at)],
  );
  const begins = rows.flatMap((row) =>
    pbx.born.has(row.linkedid) ? [Math.abs(fromDb(row.started_at) - (pbx.born.get(row.linkedid) ?? 0))] : [],
  );
  const ends = rows.flatMap((row) =>
    pbx.gone.has(row.linkedid) ? [Math.abs(fromDb(row.ended_at) - (pbx.gone.get(row.linkedid) ?? 0))] : [],
  );
  const answered = rows.filter((row) => row.outcome === 'answered').length;
  console.log(
    `  calls in cdr_calls ${rows.length} of ${CALLS}, answered ${answered}, seen on the monitor ${delays.length}`,
  );
  console.log(`  hook → on the monitor     ${figures(delays)}   (to be reached: p99 ≤ 1200 ms)`);
  console.log(`  start of the row − PBX    ${figures(begins)}   (to be reached: ≤ 50 ms)`);
  console.log(`  end of the row − PBX      ${figures(ends)}   (to be reached: ≤ 50 ms)`);
}

await main();
