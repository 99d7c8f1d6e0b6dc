// From what was measured to centres of other sizes: sums, no more. Each line says what it is made of.

export interface Measured {
  /** ms of CPU a call, events, AGI sessions, at the largest rate that was kept up with. */
  serverMs: number;
  databaseMs: number;
  events: number;
  sessions: number;
  /** Rows a call leaves, and bytes with keys: of the events, and of all else. */
  rows: number;
  eventBytes: number;
  otherBytes: number;
  journalBytes: number;
}

const CENTRES = [100, 1000, 5000, 10_000];
/** Calls of an operator in a busy hour. */
const CALLS_AN_HOUR = 15;
/** The busiest minute against the mean of the busy hour. */
const PEAK = 3;
/** A day has so many busy hours' worth of calls. */
const HOURS_A_DAY = 8;
const KEPT = { events: 90, journal: 3, year: 365 };
/** ms of Asterisk's CPU for six hooks of a call, signalling without media. */
const ASTERISK_MS = 9.5;
/** Seconds that a call lasts, the waiting included. */
const CALL_SECONDS = 180;
const GB = 1e9;

/** The table of docs/scale.md. */
export function planOf(m: Measured): string {
  const of = (say: (operators: number, calls: number, peak: number) => string) =>
    CENTRES.map((operators) => {
      const calls = (operators * CALLS_AN_HOUR) / 3600;
      return say(operators, calls, calls * PEAK);
    }).join(' | ');
  const day = (calls: number) => calls * 3600 * HOURS_A_DAY;
  const gb = (bytes: number) => (bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0);
  const rows: [string, string][] = [
    [`calls/s: operators × ${CALLS_AN_HOUR} an hour`, of((_, calls) => calls.toFixed(1))],
    [`calls/s in the busiest minute: × ${PEAK}`, of((_, __, peak) => peak.toFixed(1))],
    [`calls at once then: × ${CALL_SECONDS} s`, of((_, __, peak) => Math.round(peak * CALL_SECONDS).toString())],
    [`events/s then: × ${m.events.toFixed(1)} a call`, of((_, __, peak) => Math.round(peak * m.events).toString())],
    [`rows/s then: × ${m.rows.toFixed(1)} a call`, of((_, __, peak) => Math.round(peak * m.rows).toString())],
    [
      `AGI sessions/s then: × ${m.sessions.toFixed(1)} a call`,
      of((_, __, peak) => Math.round(peak * m.sessions).toString()),
    ],
    [
      `cores of all servers then: × ${m.serverMs.toFixed(1)} ms`,
      of((_, __, peak) => ((peak * m.serverMs) / 1000).toFixed(2)),
    ],
    [
      `cores of each database node then: × ${m.databaseMs.toFixed(1)} ms`,
      of((_, __, peak) => ((peak * m.databaseMs) / 1000).toFixed(2)),
    ],
    [
      `cores of Asterisk for signalling and hooks then: × ${ASTERISK_MS} ms`,
      of((_, __, peak) => ((peak * ASTERISK_MS) / 1000).toFixed(2)),
    ],
    [`calls a day: ${HOURS_A_DAY} busy hours`, of((_, calls) => Math.round(day(calls)).toString())],
    [
      `GB a day in the tables: × ${Math.round(m.eventBytes + m.otherBytes)} bytes`,
      of((_, calls) => gb(day(calls) * (m.eventBytes + m.otherBytes))),
    ],
    [
      `GB of events, ${KEPT.events} days kept: × ${Math.round(m.eventBytes)} bytes`,
      of((_, calls) => gb(day(calls) * m.eventBytes * KEPT.events)),
    ],
    [
      `GB of calls and days, a year: × ${Math.round(m.otherBytes)} bytes`,
      of((_, calls) => gb(day(calls) * m.otherBytes * KEPT.year)),
    ],
    [
      `GB of journals on the servers' own disks, ${KEPT.journal} days: × ${Math.round(m.journalBytes)} bytes`,
      of((_, calls) => gb(day(calls) * m.journalBytes * KEPT.journal)),
    ],
  ];
  return [
    `| operators | ${CENTRES.join(' | ')} |`,
    `|---|${'---|'.repeat(CENTRES.length)}`,
    ...rows.map(([what, values]) => `| ${what} | ${values} |`),
  ].join('\n');
}
