// For tests: a whole story told at once, its events parsed and put together by call.
import type { Call } from '../../src/call/call.js';
import { type CallEvent, OPERATOR_EVENTS, parseLine } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { intoStories } from '../../src/call/link.js';
import { lineOf, type Planned } from '../../src/simulator/pbx.js';
import { createStory, type StoryOptions } from '../../src/simulator/story.js';

export const START = Date.UTC(2026, 0, 12, 9);
const SIZE = { operators: 14, queues: 4, callsPerMinute: 14, wrapup: 20, extras: 0.25, startAt: START };

export interface Told {
  planned: Planned[];
  lines: string[];
  events: CallEvent[];
  calls: Map<string, CallEvent[]>;
  /** The calls, those that became one put together. */
  stories: Call[];
}

/** Plays `seconds` of a story in steps of `step` ms and ends it. */
export function tell(options: Partial<StoryOptions> & { seed: number }, seconds: number, step = 500): Told {
  const story = createStory({ ...SIZE, ...options });
  const planned: Planned[] = [];
  for (let t = 0; t <= seconds * 1000; t += step) planned.push(...story.advance(START + t));
  planned.push(...story.finish(START + seconds * 1000));
  const lines = planned.filter((one) => one.kind !== 'lookup').map((one) => lineOf(one));
  const events = lines.map((line) => {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(`${parsed.refusal.reason}: ${line}`);
    return parsed.event;
  });
  return { planned, lines, events, calls: byCall(events), stories: storiesOf(events) };
}

/** All stories of some events, folded. */
export const storiesOf = (events: readonly CallEvent[]): Call[] =>
  intoStories(events).map((story) => fold(story[0]?.call ?? '', story));

function byCall(events: CallEvent[]): Map<string, CallEvent[]> {
  const calls = new Map<string, CallEvent[]>();
  for (const event of events) {
    if ((OPERATOR_EVENTS as readonly string[]).includes(event.event)) continue;
    calls.set(event.call, [...(calls.get(event.call) ?? []), event]);
  }
  return calls;
}
