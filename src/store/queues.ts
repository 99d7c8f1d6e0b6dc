// How a queue is called on the screens, and by which thresholds it is judged.
import { QUEUE_DEFAULTS } from '../call/kpi.js';
import { type Db, transact } from './database.js';
import { upsertAll } from './insert.js';

export interface QueueSettings {
  queue: string;
  title: string;
  /** T, seconds. */
  answerWithin: number;
  /** S, seconds. */
  shortAbandon: number;
  /** Target of the service level, percent. */
  target: number;
}

interface Stored {
  queue: string;
  title: string;
  answer_within_s: number;
  short_abandon_s: number;
  target_percent: number;
}

/** `sales-night` reads as `Sales night` until somebody gives the queue a title. */
const titleOf = (queue: string) => {
  const words = queue.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const defaultsOf = (queue: string): QueueSettings => ({ queue, title: titleOf(queue), ...QUEUE_DEFAULTS });

export async function listQueueSettings(db: Db): Promise<Map<string, QueueSettings>> {
  const rows = (await db.knex('queue_settings')) as Stored[];
  return new Map(
    rows.map((row) => [
      row.queue,
      {
        queue: row.queue,
        title: row.title || titleOf(row.queue),
        answerWithin: Number(row.answer_within_s),
        shortAbandon: Number(row.short_abandon_s),
        target: Number(row.target_percent),
      },
    ]),
  );
}

export async function saveQueueSettings(db: Db, settings: readonly QueueSettings[]): Promise<void> {
  const rows = settings.map((s) => ({
    ...{ queue: s.queue, title: s.title, answer_within_s: s.answerWithin },
    ...{ short_abandon_s: s.shortAbandon, target_percent: s.target },
  }));
  await transact(db, (trx) => upsertAll(trx, 'queue_settings', 'queue', rows));
}
