// Event lines of what the manager interface tells. The ids are made of what the PBX itself said, so two servers that watch one
// PBX, or a look that is repeated, tell one event.

import type { EventKind } from '../call/event.js';
import { formatLine, parseLine } from '../call/event.js';
import { callOf, type Party } from './parties.js';

export type Fields = Record<string, string | number | null | undefined>;

/** Says on which PBX, about which channel, when (ms). `mark` ends the id: of two lines with one mark the second counts for nothing. */
export function channelLine(
  pbx: string,
  kind: EventKind,
  party: Party,
  at: number,
  fields: Fields,
  mark = `${at}-0`,
): string {
  const { channel, uniqueid, linkedid } = party;
  const id = `${pbx}-${uniqueid}-${kind}-${mark}`;
  return formatLine({
    ...{ v: 1, id, at, pbx, call: callOf(pbx, party), event: kind, channel, uniqueid, linkedid, source: 'ami' },
    ...fields,
  });
}

/** A line about an operator. `since` is when the state began that the line corrects, ms: the same mistake is corrected once. */
export function operatorLine(
  pbx: string,
  kind: EventKind,
  operator: string,
  times: { at: number; since: number },
  fields: Fields = {},
): string {
  const id = `${pbx}-${operator}-${kind}-${times.since}-0`;
  return formatLine({
    ...{ v: 1, id, at: times.at, pbx, call: `${pbx}-${operator}`, event: kind, operator, source: 'ami' },
    ...fields,
  });
}

export interface ReportDeps {
  /** Takes one event line, as the hooks send them. */
  report(line: string): Promise<unknown> | unknown;
  log: { warn(fields: object, text: string): void };
}

/**
 * Hands a line on. Never throws: what comes from a channel's headers is anybody's text, and a line that the record would refuse
 * is told in the log (never its text) and dropped here, where its author is known.
 */
export async function tell(deps: ReportDeps, line: string): Promise<boolean> {
  const parsed = parseLine(line);
  if (!parsed.ok) {
    const { field } = parsed.refusal;
    const event = new URLSearchParams(line).get('event');
    deps.log.warn({ event, field }, 'what the PBX told can not be written as an event, and is left out');
    return false;
  }
  try {
    await deps.report(line);
    return true;
  } catch (error) {
    deps.log.warn({ err: error, event: parsed.event.event }, 'an event that the PBX told could not be recorded');
    return false;
  }
}
