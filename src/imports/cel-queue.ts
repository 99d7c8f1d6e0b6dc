// Pure. Queues that cel saw and cdr did not: a handler of Queue() leaves its own last application in the caller's row.
import type { Call, Leg, Visit } from '../call/call.js';
import type { CelEvent } from './cel.js';

/** The call with the visits that cel tells of, when a device was rung by a queue of which cdr knows nothing. */
export function withQueues(call: Call, events: readonly CelEvent[]): Call {
  const rung = new Set(events.filter((event) => event.app === 'AppQueue').map((event) => event.channel));
  const caller = call.legs[0]?.channel ?? '';
  const stays = staysOf(events.filter((event) => event.channel === caller));
  const unknown = call.legs.some((leg) => rung.has(leg.channel) && leg.queue === '');
  if (stays.length === 0 || (!unknown && call.visits.length > 0)) return call;
  const starts = new Map(
    events.filter((event) => event.type === 'CHAN_START').map((event) => [event.channel, event.at]),
  );
  const startOf = (leg: Leg) => starts.get(leg.channel) ?? leg.startedAt;
  const visitOf = (leg: Leg) =>
    rung.has(leg.channel) ? stays.findLastIndex((stay) => stay.enteredAt <= startOf(leg)) : -1;
  const legs = call.legs.map((leg) => ({ ...leg, queue: stays[visitOf(leg)]?.queue ?? leg.queue }));
  const queueOf = new Map(legs.map((leg) => [leg.uniqueid, leg.queue]));
  return {
    ...{ ...call, legs },
    visits: stays.map((stay, n) =>
      answered(
        stay,
        legs.filter((leg) => visitOf(leg) === n),
        stays[n + 1],
        call,
      ),
    ),
    offers: legs
      .filter((leg) => visitOf(leg) >= 0)
      .map((leg) => ({
        ...{
          visit: visitOf(leg),
          queue: leg.queue,
          operator: leg.endpoint,
          uniqueid: leg.uniqueid,
          offeredAt: leg.startedAt,
        },
        endedAt: leg.answeredAt ?? leg.endedAt,
        ring: (leg.answeredAt ?? leg.endedAt ?? leg.startedAt) - leg.startedAt,
        outcome: leg.outcome as 'answered',
      })),
    talks: call.talks.map((talk) => ({
      ...talk,
      queue: talk.queue || (talk.operator === call.endpoint ? '' : (queueOf.get(talk.uniqueid) ?? '')),
    })),
  };
}

/** Each stretch in which the caller was in Queue(), as far as cel follows it. */
function staysOf(events: readonly CelEvent[]): Visit[] {
  const stays: Visit[] = [];
  let again = true;
  for (const event of events) {
    if (event.app !== 'Queue') {
      again = again || (event.app !== '' && event.app !== 'AppQueue' && event.type === 'APP_START');
      continue;
    }
    const queue = event.data.split(',')[0] ?? '';
    const last = stays.at(-1);
    if (!last || last.queue !== queue || (again && event.type === 'APP_START'))
      stays.push({
        ...{ queue, enteredAt: event.at, priority: null, position: null, answeredAt: null, operator: '' },
        ...{ leftAt: event.at, outcome: 'abandoned', wait: 0 },
      });
    again = false;
    const current = stays.at(-1);
    if (current && event.type !== 'HANGUP') current.leftAt = event.at;
  }
  return stays;
}

function answered(stay: Visit, legs: readonly Leg[], next: Visit | undefined, call: Call): Visit {
  const leg = legs.find((one) => one.answeredAt !== null);
  const leftAt = next?.enteredAt ?? Math.max(stay.leftAt ?? 0, leg?.endedAt ?? 0);
  const answeredAt = leg?.answeredAt ?? null;
  const wentOn = next !== undefined || leftAt < (call.endedAt ?? 0) - 1000;
  const outcome = leg ? 'answered' : wentOn ? 'timeout' : 'abandoned';
  return {
    ...stay,
    answeredAt,
    operator: leg?.endpoint ?? '',
    leftAt,
    outcome,
    wait: Math.max(0, (answeredAt ?? leftAt) - stay.enteredAt),
  };
}
