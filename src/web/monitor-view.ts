// Pure. A snapshot as the monitor shows it. Nothing in it depends on the second it is made in: running times are
// sent as the moment they began, and the browser counts.
import { abandonRate, addCounts, NO_VISITS } from '../call/kpi.js';
import type { OperatorNow, Snapshot } from '../call/live.js';
import { type Alarm, rank } from './alarms.js';
import { maskedPhone, phone, phonesIn, seconds, storyPath } from './format.js';
import { callRow, operatorTile, queueTile, type RowOptions, share, versioned, waitingRow } from './monitor-rows.js';
import { STATE_ORDER, stateSign } from './state.js';

/** Rows of a list at most; the rest is counted. */
const MOST = 200;
/** From here on the operators' tiles are drawn in one line each, so that sixty fit one screen. */
const CROWD = 36;

export interface MonitorOptions {
  masked: boolean;
  alarms: ReadonlyMap<string, Alarm>;
  /** The moment of the snapshot, ms. */
  now: number;
  /** A pause longer than this is marked, ms. */
  longPause: number;
  clock(at: number): string;
}

export type MonitorView = ReturnType<typeof monitorView>;

/** Everything on the monitor, ready for the template. */
export function monitorView(snapshot: Snapshot, options: MonitorOptions) {
  const names = new Map(snapshot.operators.map((o) => [o.operator, o.name || o.operator]));
  const titles = new Map(snapshot.queues.map((q) => [q.queue, q.title || q.queue]));
  const write = options.masked ? maskedPhone : phone;
  const { alarms, now, longPause } = options;
  const rows: RowOptions = { alarms, now, longPause, write, names, titles };
  const queues = tiles(snapshot, rows);
  const online = snapshot.operators.length - snapshot.totals.operators.offline;
  return {
    strip: strip(snapshot, queues),
    queues,
    alarms: queues.filter((q) => q.level !== 'calm').length,
    red: queues.filter((q) => q.level === 'red').map((q) => `${q.title}: ${q.reason}`),
    waiting: snapshot.waiting.slice(0, MOST).map((w) => versioned(waitingRow(w, snapshot, rows))),
    waitingMore: Math.max(0, snapshot.waiting.length - MOST),
    operators: [...snapshot.operators].sort(byPresence).map((o) => versioned(operatorTile(o, rows))),
    crowd: snapshot.operators.length > CROWD,
    legend: STATE_ORDER.map((state) => ({ ...stateSign(state), count: snapshot.totals.operators[state] })),
    online,
    calls: snapshot.calls.slice(0, MOST).map((c) => versioned(callRow(c, rows))),
    callsMore: Math.max(0, snapshot.calls.length - MOST),
    counts: {
      waiting: snapshot.waiting.length,
      operators: snapshot.operators.length,
      calls: snapshot.calls.length,
      queues: snapshot.queues.length,
    },
    ticker: snapshot.ticker.slice(0, 12).map((line) => ({
      at: options.clock(line.at),
      story: line.call === undefined ? '' : storyPath(line.call),
      queue: titles.get(line.queue) ?? line.queue,
      text: phonesIn(line.text, (number) => (number === line.own ? phone(number) : write(number))),
    })),
  };
}

function strip({ totals, queues: all }: Snapshot, queues: QueueTile[]) {
  const longest = queues.find((q) => q.longestSince !== null && q.longestSince === totals.longestSince);
  const { operators } = totals;
  const online = STATE_ORDER.reduce((sum, s) => sum + (s === 'offline' ? 0 : operators[s]), 0);
  const day = addCounts(
    all.map(({ offered, abandoned, shortAbandoned }) => ({ ...NO_VISITS, offered, abandoned, shortAbandoned })),
  );
  return {
    waiting: totals.waiting,
    // More callers than free operators: worth a look, while red is kept for those who wait too long.
    waitingLevel: totals.waiting > operators.ready ? 'amber' : 'calm',
    longestSince: totals.longestSince,
    longestLevel: longest && longest.waiting > 0 ? longest.waitLevel : 'calm',
    longestQueue: longest?.title ?? totals.longestQueue,
    service: share(totals.serviceLevel),
    answered: totals.answered,
    // Who gave up within the first seconds is in no ratio, and counted apart.
    abandoned: day.abandoned - day.shortAbandoned,
    short: day.shortAbandoned,
    abandonRate: share(abandonRate(day)),
    asa: seconds(totals.asa),
    aht: seconds(totals.aht),
    online,
    ready: operators.ready,
    paused: operators.paused,
  };
}

export type QueueTile = ReturnType<typeof queueTile> & { v: string };

/** Most urgent first: red, amber, calm; those with an alarm by their longest wait, the calm ones by name, which never jumps. */
function tiles({ queues }: Snapshot, rows: RowOptions): QueueTile[] {
  const urgent = (a: QueueTile, b: QueueTile) =>
    rank(b.level) - rank(a.level) ||
    (a.level === 'calm' ? 0 : (a.longestSince ?? Infinity) - (b.longestSince ?? Infinity)) ||
    a.title.localeCompare(b.title) ||
    a.queue.localeCompare(b.queue);
  // Infinity − Infinity is NaN, which is false: two queues without a wait go by name.
  return queues.map((q) => versioned(queueTile(q, rows))).sort(urgent);
}

const byPresence = (a: OperatorNow, b: OperatorNow): number =>
  Number(a.state === 'offline') - Number(b.state === 'offline') ||
  a.name.localeCompare(b.name) ||
  a.operator.localeCompare(b.operator);
