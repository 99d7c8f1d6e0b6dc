// Event lines of ordinary queue calls, in the order in which a busy PBX sends them: 50 calls at every moment, two phones
// ring for each, the second one answers. Nobody in them exists.
import { formatLine } from '../../src/call/event.js';

/** Calls that run side by side, and events of each. */
const LANES = 50;
export const EVENTS_A_CALL = 8;
/** Operators and queues that the calls go to. */
export const OPERATORS = 120;
export const QUEUES = 12;

export const endpointOf = (n: number): string => String(1000 + (n % OPERATORS));
export const queueOf = (n: number): string => `queue${n % QUEUES}`;

/** The `n`th line of the stream, told at `at`, ms; `run` keeps the ids of two streams apart. */
export function lineOf(run: number, n: number, at: number): string {
  const round = Math.floor(n / (LANES * EVENTS_A_CALL));
  const call = round * LANES + (n % LANES);
  const step = Math.floor(n / LANES) % EVENTS_A_CALL;
  return formatLine(stepOf(run, call, step, at));
}

function stepOf(run: number, n: number, step: number, at: number): Record<string, string | number> {
  const base = `${1_700_000_000 + run}`;
  const linkedid = `${base}.${n * 3}`;
  const call = `pbx1-${linkedid}`;
  const [first, second] = [endpointOf(n), endpointOf(n + 1)];
  const queue = queueOf(n);
  const line = (event: string, ch: number, channel: string, more: Record<string, string>) => ({
    ...{
      v: 1,
      id: `pbx1-${base}.${n * 3 + ch}-${step}`,
      at,
      pbx: 'pbx1',
      call,
      event,
      uniqueid: `${base}.${n * 3 + ch}`,
    },
    ...{ channel: `PJSIP/${channel}-${n.toString(16).padStart(8, '0')}`, linkedid, ...more },
  });
  const trunk = `PJSIP/trunk-${n.toString(16).padStart(8, '0')}`;
  const steps = [
    () => line('call', 0, 'trunk', { direction: 'in', from: `+998000${n}`, to: '5551000', trunk: 'trunk' }),
    () => line('enter', 0, 'trunk', { queue }),
    () => line('offer', 1, first, { queue, endpoint: first }),
    () => line('end', 1, first, { side: 'callee', endpoint: first, cause: '0', tech: 'SIP 180 Ringing' }),
    () => line('offer', 2, second, { queue, endpoint: second }),
    () => line('answer', 2, second, { queue, endpoint: second }),
    () => line('end', 2, second, { side: 'callee', endpoint: second, cause: '16', by: trunk }),
    () => line('end', 0, 'trunk', { side: 'caller', cause: '16', by: trunk, queuestatus: 'CONTINUE' }),
  ];
  return (steps[step] ?? (() => ({})))();
}
