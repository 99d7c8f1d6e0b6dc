// The lines of queue_log that an import brought, by the call they belong to.
import type { Knex } from 'knex';
import { upsertAll } from './insert.js';
import { fromDb, toDb } from './time.js';

export interface QueueLogRow {
  id: string;
  at: number;
  callid: string;
  queue: string;
  agent: string;
  event: string;
  data: [string, string, string, string, string];
}

/** Keeps lines; one that is there already stays one. */
export async function keepQueueLog(trx: Knex, pbx: string, rows: readonly QueueLogRow[]): Promise<void> {
  const made = rows.map(({ id, at, callid, queue, agent, event, data }) => ({
    ...{ id, pbx, callid, at: toDb(at), queuename: queue, agent, event },
    ...{ data1: data[0], data2: data[1], data3: data[2], data4: data[3], data5: data[4] },
  }));
  const unique = [...new Map(made.map((row) => [row.id, row])).values()];
  await upsertAll(trx, 'imported_queue_log', 'id', unique);
}

/** The lines of some calls, by the callid, in the order of their times. */
export async function queueLogOf(
  trx: Knex,
  pbx: string,
  callids: readonly string[],
): Promise<Map<string, QueueLogRow[]>> {
  const found = new Map<string, QueueLogRow[]>();
  if (callids.length === 0) return found;
  const rows = (await trx('imported_queue_log').whereIn('callid', callids).where({ pbx }).orderBy('at')) as Record<
    string,
    string
  >[];
  const text = (row: Record<string, string>, name: string) => row[name] ?? '';
  for (const row of rows) {
    const callid = text(row, 'callid');
    const fact: QueueLogRow = {
      ...{ id: text(row, 'id'), at: fromDb(text(row, 'at')), callid, queue: text(row, 'queuename') },
      ...{ agent: text(row, 'agent'), event: text(row, 'event') },
      data: [text(row, 'data1'), text(row, 'data2'), text(row, 'data3'), text(row, 'data4'), text(row, 'data5')],
    };
    const list = found.get(callid);
    if (list) list.push(fact);
    else found.set(callid, [fact]);
  }
  return found;
}

/** The call that each of some uniqueids is a leg of, with what brought it (empty for our own hooks). */
export async function callsOfChannels(
  trx: Knex,
  pbx: string,
  uniqueids: readonly string[],
): Promise<Map<string, { call: string; from: string }>> {
  if (uniqueids.length === 0) return new Map();
  const rows = (await trx('cdr_legs')
    .join('cdr_calls', 'cdr_calls.call_id', 'cdr_legs.call_id')
    .whereIn('cdr_legs.uniqueid', uniqueids)
    .where({ 'cdr_legs.pbx': pbx })
    .select({ uniqueid: 'cdr_legs.uniqueid', call: 'cdr_calls.call_id', from: 'cdr_calls.imported_from' })) as {
    uniqueid: string;
    call: string;
    from: string;
  }[];
  return new Map(rows.map(({ uniqueid, call, from }) => [uniqueid, { call, from }]));
}
