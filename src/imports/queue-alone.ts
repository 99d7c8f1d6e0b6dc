// Pure. A call of which only queue_log tells: until cdr comes, it is as much as the queue saw.
import type { Call, Leg } from '../call/call.js';
import { callOutcomeOfVisit } from '../call/outcome.js';
import { EMPTY_CALL } from './cdr-call.js';
import type { Told } from './queue-call.js';
import type { QueueFact } from './queue-line.js';

/** How a call without a talk ended by its last visit; null when the visit says nothing of it. */
export function outcomeOf({ visits }: Told): Call['outcome'] | null {
  const last = visits.at(-1)?.outcome;
  return last === undefined ? null : callOutcomeOfVisit(last);
}

/** A call of which only queue_log tells. */
export function callOf(told: Told, facts: readonly QueueFact[], callid: string, pbx: string): Call {
  const startedAt = Math.min(...told.visits.map((visit) => visit.enteredAt), facts[0]?.at ?? 0);
  const endedAt = facts.at(-1)?.at ?? startedAt;
  const caller: Leg = {
    ...{ uniqueid: callid, channel: '', role: 'caller', endpoint: '', queue: '', startedAt, endedAt },
    ...{ dialled: '', answeredAt: null, cause: null, tech: '', outcome: 'caller', waiting: false, source: 'ami' },
  };
  const devices = told.talks.map((talk) => ({
    ...{ ...caller, uniqueid: talk.uniqueid, role: 'device' as const, endpoint: talk.operator, queue: talk.queue },
    ...{
      startedAt: talk.startedAt,
      answeredAt: talk.startedAt,
      endedAt: talk.endedAt ?? endedAt,
      outcome: 'answered' as const,
    },
  }));
  const first = told.talks[0]?.startedAt ?? null;
  return {
    ...EMPTY_CALL,
    ...{
      id: `${pbx}-${callid}`,
      pbx,
      from: told.from,
      to: told.did,
      linkedid: callid,
      startedAt,
      endedAt,
      answeredAt: first,
    },
    outcome: first !== null ? 'answered' : (outcomeOf(told) ?? 'lost'),
    odd: [...new Set(['only queue_log tells of it', ...told.odd])],
    legs: [caller, ...devices],
    ...{ visits: told.visits, offers: told.offers, talks: told.talks },
  };
}
