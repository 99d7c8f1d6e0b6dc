// Stored events back from their lines.
import { type CallEvent, parseLine } from '../call/event.js';
import { isOfCall } from '../call/fold.js';
import type { Tx } from '../store/database.js';
import { linesOfCalls } from '../store/events.js';

/** All stored events of some calls that tell of them, by call. */
export async function readEvents(trx: Tx, calls: readonly string[]): Promise<Map<string, CallEvent[]>> {
  const events = new Map<string, CallEvent[]>();
  if (calls.length === 0) return events;
  for (const [call, lines] of await linesOfCalls(trx, calls)) events.set(call, lines.flatMap(told));
  return events;
}

function told(line: string): CallEvent[] {
  const parsed = parseLine(line);
  return parsed.ok && isOfCall(parsed.event) ? [parsed.event] : [];
}
