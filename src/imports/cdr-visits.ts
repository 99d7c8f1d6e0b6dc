// Pure. The visits to queues in a call's cdr rows: rows of one queue that follow each other are one visit.
import type { Visit } from '../call/call.js';
import { queueOf, type Ring } from './rings.js';
import type { CdrRow } from './row.js';

/** The visits in the order of the rows, each with its rings. */
export function visitsOf(rings: readonly Ring[], rows: readonly CdrRow[]): { visit: Visit; rings: Ring[] }[] {
  const visits: { visit: Visit; rings: Ring[] }[] = [];
  const ended = Math.max(...rows.map((row) => row.endedAt));
  let before = '';
  for (const row of rows) {
    const queue = queueOf(row);
    const ring = rings.find((one) => one.row === row);
    const current = visits.at(-1);
    if (
      queue !== '' &&
      (queue !== before || !current || (current.visit.operator !== '' && row.startedAt >= (current.visit.leftAt ?? 0)))
    )
      visits.push({ visit: newVisit(queue, row), rings: ring ? [ring] : [] });
    else if (queue !== '' && current && ring) current.rings.push(ring);
    const open = visits.at(-1);
    if (queue !== '' && open) stretch(open.visit, row, ring, ended);
    before = queue;
  }
  return visits;
}

const newVisit = (queue: string, row: CdrRow): Visit => ({
  queue,
  enteredAt: row.startedAt,
  priority: null,
  position: null,
  answeredAt: null,
  operator: '',
  leftAt: row.endedAt,
  outcome: 'abandoned',
  wait: row.endedAt - row.startedAt,
});

/** Adds one row of the caller in the queue to the visit. */
function stretch(visit: Visit, row: CdrRow, ring: Ring | undefined, ended: number): void {
  visit.leftAt = Math.max(visit.leftAt ?? 0, row.endedAt);
  if (ring && ring.outcome === 'answered') {
    visit.answeredAt = ring.answeredAt;
    visit.operator = ring.endpoint;
    visit.outcome = 'answered';
  } else if (visit.outcome !== 'answered') {
    // The call went on after it: who leaves a queue alive has most likely waited too long. queue_log tells for certain.
    visit.outcome = visit.leftAt < ended - 1000 ? 'timeout' : 'abandoned';
  }
  visit.wait = (visit.answeredAt ?? visit.leftAt) - visit.enteredAt;
}
