// Pure. The rows of one call in a foreign cdr to a call of ours. cdr knows seconds, and not who hung up: what is guessed is marked.
import type { Call, CallOutcome, Leg, Talk, Visit } from '../call/call.js';
import { visitsOf } from './cdr-visits.js';
import { keyOf } from './groups.js';
import { plumbingOf, type Ring, ringsOf } from './rings.js';
import type { CdrRow } from './row.js';
import { endpointOf } from './text.js';

export interface Naming {
  pbx: string;
  /** Which endpoints are operators' phones; all others are trunks. */
  operators: RegExp;
}

export const EMPTY_CALL: Omit<Call, 'id' | 'pbx' | 'startedAt'> = {
  direction: 'in',
  from: '',
  name: '',
  to: '',
  trunk: '',
  endpoint: '',
  click: '',
  parent: '',
  joined: [],
  linkedid: '',
  answeredAt: null,
  endedAt: null,
  outcome: 'lost',
  endedBy: '',
  odd: [],
  events: 0,
  legs: [],
  plumbing: [],
  visits: [],
  offers: [],
  talks: [],
  steps: [],
};

/** Makes a call of its rows, at least one. The id is that of the dialplan's default: `<pbx>-<linkedid>`. */
export function toCall(all: readonly CdrRow[], { pbx, operators }: Naming): Call {
  const odd: string[] = [];
  const rows = once(all, odd).sort((a, b) => a.startedAt - b.startedAt || a.sequence - b.sequence);
  const plumbing = plumbingOf(rows);
  const real = rows.filter((row) => !plumbing.has(row));
  const main = (real.length > 0 ? real : rows).find((row) => row.uniqueid === row.linkedid) ?? real[0] ?? rows[0];
  if (!main) throw new RangeError('a call without a row');
  const rings = ringsOf(rows, odd);
  const caller = endpointOf(main.channel);
  const operator = operators.test(caller) ? caller : '';
  const trunkRing = rings.find((ring) => !operators.test(ring.endpoint));
  const direction = operator === '' ? 'in' : trunkRing ? 'out' : 'internal';
  const to = dialledOf(main, rows, rings, direction, odd);
  const talks = talksOf(rings, operators, operator, { from: main.src, to });
  const visits = visitsOf(rings, real);
  const answeredAt = answerOf(talks, real, rings, odd);
  for (const row of rows) odd.push(...row.odd);
  const call: Call = {
    ...EMPTY_CALL,
    ...{ id: `${pbx}-${main.linkedid}`, pbx, direction, from: operator || main.src, name: main.name, to },
    trunk: operator === '' ? caller : (trunkRing?.endpoint ?? ''),
    endpoint: operator,
    linkedid: main.linkedid,
    startedAt: rows[0]?.startedAt ?? main.startedAt,
    endedAt: Math.max(...rows.map((row) => row.endedAt)),
    answeredAt,
    visits: visits.map((one) => one.visit),
    talks,
    outcome: outcomeOf(
      talks,
      visits.map((one) => one.visit),
      rings,
      real,
      answeredAt,
    ),
    odd: [...new Set(odd)],
    joined: [...new Set(rows.map((row) => row.linkedid))]
      .filter((id) => id !== main.linkedid)
      .map((id) => `${pbx}-${id}`),
  };
  call.legs = [callerLeg(main, call), ...rings.map((ring) => legOf(ring, operators, call))];
  call.offers = visits.flatMap(({ rings: own }, visit) =>
    own.map((ring) => ({
      visit,
      queue: ring.queue,
      operator: ring.endpoint,
      uniqueid: standIn(ring.channel),
      offeredAt: ring.startedAt,
      endedAt: ring.answeredAt ?? ring.endedAt,
      ring: (ring.answeredAt ?? ring.endedAt) - ring.startedAt,
      outcome: ring.outcome,
    })),
  );
  return call;
}

/** cdr gives no uniqueid of a dialled channel: its name stands in for it until cel or queue_log tells. */
export const standIn = (channel: string): string => channel.replace(/[^\x21-\x7e]/g, '?').slice(0, 120);

/** A row that stands twice, as two CDR modules at once write it, counts once. */
function once(rows: readonly CdrRow[], odd: string[]): CdrRow[] {
  const seen = new Map<string, CdrRow>();
  for (const row of rows) seen.set(keyOf(row), row);
  if (seen.size < rows.length) odd.push(`${rows.length - seen.size} of its rows stood twice`);
  return [...seen.values()];
}

function dialledOf(
  main: CdrRow,
  rows: readonly CdrRow[],
  rings: readonly Ring[],
  direction: Call['direction'],
  odd: string[],
): string {
  const did = rows.find((row) => row.did !== '')?.did ?? '';
  if (direction === 'in' && did !== '') return did;
  const number = [main, ...rows].find((row) => NUMBER.test(row.dst))?.dst;
  if (number !== undefined) return number;
  // A subroutine puts its own `s` into dst; what was dialled stands in Dial() still.
  const ring = rings[0];
  if (ring && direction === 'internal') return ring.endpoint;
  const dialled = /^[A-Za-z0-9]+\/(?:[^/,]*\/)?([+*#]?[0-9]{3,})(?:@|,|$)/.exec(ring?.row.data ?? '')?.[1];
  if (dialled !== undefined && direction === 'out') return dialled;
  odd.push(`the number that was dialled is not in cdr (dst is "${main.dst}")`);
  return main.dst;
}

const NUMBER = /^[+*#]?[0-9]/;

function talksOf(rings: readonly Ring[], operators: RegExp, own: string, call: { from: string; to: string }): Talk[] {
  return rings
    .filter((ring) => ring.answeredAt !== null)
    .flatMap((ring) => {
      const common = {
        startedAt: ring.answeredAt ?? 0,
        endedAt: ring.endedAt,
        hold: 0,
        endedBy: '' as const,
        uniqueid: standIn(ring.channel),
      };
      const theirs = operators.test(ring.endpoint)
        ? [{ ...common, operator: ring.endpoint, party: own || call.from, queue: ring.queue }]
        : [];
      const ours =
        own === '' ? [] : [{ ...common, operator: own, party: theirs.length > 0 ? ring.endpoint : call.to, queue: '' }];
      return [...theirs, ...ours];
    });
}

function answerOf(
  talks: readonly Talk[],
  rows: readonly CdrRow[],
  rings: readonly Ring[],
  odd: string[],
): number | null {
  if (talks.length > 0) return Math.min(...talks.map((talk) => talk.startedAt));
  const answered = rings.length === 0 ? rows.find((row) => row.answeredAt !== null && row.app !== 'Queue') : undefined;
  if (!answered) return null;
  odd.push('answered with no dstchannel: by the PBX itself');
  return answered.answeredAt;
}

function outcomeOf(
  talks: readonly Talk[],
  visits: readonly Visit[],
  rings: readonly Ring[],
  rows: readonly CdrRow[],
  answeredAt: number | null,
): CallOutcome {
  if (talks.length > 0 || answeredAt !== null) return 'answered';
  const ring = rings.at(-1);
  const visit = visits.at(-1);
  if (visit && ring?.queue !== '') return visit.outcome === 'timeout' ? 'timeout' : 'abandoned';
  if (ring?.outcome === 'rejected') return 'busy';
  if (ring?.outcome === 'unreachable') return 'unreachable';
  if (ring) return ring.outcome === 'caller_gone' ? 'abandoned' : 'no_answer';
  const { disposition } = rows.at(-1) ?? { disposition: 'FAILED' };
  return disposition === 'BUSY' ? 'busy' : disposition === 'NO ANSWER' ? 'no_answer' : 'failed';
}

const callerLeg = (main: CdrRow, call: Call): Leg => ({
  uniqueid: main.uniqueid || main.linkedid,
  channel: main.channel,
  role: 'caller',
  endpoint: endpointOf(main.channel),
  queue: '',
  dialled: '',
  startedAt: call.startedAt,
  answeredAt: call.answeredAt,
  endedAt: call.endedAt,
  cause: null,
  tech: '',
  outcome: 'caller',
  waiting: false,
  source: 'ami',
});

const legOf = (ring: Ring, operators: RegExp, call: Call): Leg => ({
  uniqueid: standIn(ring.channel),
  channel: ring.channel,
  ...(operators.test(ring.endpoint)
    ? { role: 'device', dialled: '' }
    : { role: 'trunk', dialled: call.direction === 'out' ? call.to : '' }),
  endpoint: ring.endpoint,
  queue: ring.queue,
  startedAt: ring.startedAt,
  answeredAt: ring.answeredAt,
  endedAt: ring.endedAt,
  cause: null,
  tech: '',
  outcome: ring.outcome,
  waiting: false,
  source: 'ami',
});
