// Pure. Which calls are one story. An attended transfer, a retrieved or a picked-up call begins as two calls: Asterisk says
// that they became one by giving their channels one linkedid, and the manager interface names the other call.
import type { CallEvent } from './event.js';
import { isOfCall } from './fold.js';

/** How long after its channel began a linkedid may still tie another call to it, ms. */
const LONGEST_TIE = 2 * 3_600_000;
/** Asterisk's own ids begin with the second in which the channel was made, after the system's name if it has one. */
const BORN = /(?:^|-)(\d{10})\.\d+$/;

/**
 * Whether a linkedid says at a moment (ms) that calls are one. A channel that lives all day (AgentLogin(), a held-open line)
 * gives its own to everybody whom it is ever bridged with: without a bound a day's callers would be one story. Who transfers,
 * parks or picks up does so while the call is young; and after that the manager interface still names the other call.
 */
export function tiesAt(linkedid: string, at: number): boolean {
  const born = BORN.exec(linkedid)?.[1];
  return linkedid !== '' && (born === undefined || at - Number(born) * 1000 <= LONGEST_TIE);
}

/**
 * What an event ties its call to: calls that share a key are one story. A linkedid is the same for all channels that were
 * ever bridged with each other (Asterisk: ast_channel_set_linkgroup), so a call that reports another one's was joined with it.
 */
export function keysOf(event: CallEvent): string[] {
  if (!isOfCall(event)) return [];
  const keys = [`=${event.call}`];
  if (tiesAt(event.linkedid, event.at)) keys.push(`${event.pbx}/${event.linkedid}`);
  const joins = event.event === 'transfer' || event.event === 'retrieve' || event.event === 'pickup';
  if (joins && event.other !== '') keys.push(`=${event.other}`);
  return keys;
}

/** Sorts events into stories, each with all its calls' events; events of operators and clicks are left out. */
export function intoStories(events: readonly CallEvent[]): CallEvent[][] {
  const leader = new Map<string, string>();
  const find = (key: string): string => {
    let at = key;
    for (let up = leader.get(at); up !== undefined; up = leader.get(at)) at = up;
    return at;
  };
  for (const event of events) {
    const [first, ...others] = keysOf(event).map(find);
    if (first === undefined) continue;
    for (const other of others) if (find(other) !== find(first)) leader.set(find(other), find(first));
  }
  const stories = new Map<string, CallEvent[]>();
  for (const event of events) {
    if (!isOfCall(event)) continue;
    const story = find(`=${event.call}`);
    const list = stories.get(story);
    if (list) list.push(event);
    else stories.set(story, [event]);
  }
  return [...stories.values()];
}
