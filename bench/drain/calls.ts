// Ordinary queue calls as event lines, for the benches of this way.
import { formatLine } from '../../src/call/event.js';

/** When the first call begins, ms. */
export const T0 = Date.UTC(2026, 0, 15, 8, 0, 0);

export interface Traffic {
  calls: number;
  /** A call begins every so many ms; each lasts 7.4 s. */
  everyMs: number;
  operators: number;
  queues: number;
}

/** One caller, two operators: the first lets it ring, the second answers. Eight events over 7.4 s. */
function linesOf(n: number, { everyMs, operators, queues }: Traffic): { at: number; line: string }[] {
  const second = 1_768_464_000 + Math.floor((n * everyMs) / 1000);
  const id = (ch: number) => `${second}.${n * 3 + ch}`;
  const call = `pbx1-${id(0)}`;
  const start = T0 + n * everyMs;
  const [a, b] = [String(101 + (n % operators)), String(101 + ((n + 1) % operators))];
  const line = (at: number, event: string, ch: number, channel: string, more: Record<string, string>) => ({
    at: start + at,
    line: formatLine({
      ...{ v: 1, id: `pbx1-${id(ch)}-${at}`, at: start + at, pbx: 'pbx1', call, event, uniqueid: id(ch) },
      ...{ channel: `PJSIP/${channel}-${n.toString(16).padStart(8, '0')}`, linkedid: id(0), ...more },
    }),
  });
  const queue = { queue: `queue${n % queues}` };
  const by = `PJSIP/trunk-${n.toString(16).padStart(8, '0')}`;
  return [
    line(0, 'call', 0, 'trunk', { direction: 'in', from: `+9980000${n}`, to: '5551000', trunk: 'trunk' }),
    line(210, 'enter', 0, 'trunk', queue),
    line(350, 'offer', 1, a, { ...queue, endpoint: a }),
    line(3360, 'end', 1, a, { side: 'callee', endpoint: a, cause: '0', tech: 'SIP 180 Ringing' }),
    line(4400, 'offer', 2, b, { ...queue, endpoint: b }),
    line(5400, 'answer', 2, b, { ...queue, endpoint: b }),
    line(7420, 'end', 2, b, { side: 'callee', endpoint: b, cause: '16', by }),
    line(7430, 'end', 0, 'trunk', { side: 'caller', cause: '16', by, queuestatus: 'CONTINUE' }),
  ];
}

/** The lines of all calls, in the order of their time. */
export const linesOfTraffic = (traffic: Traffic): string[] =>
  Array.from({ length: traffic.calls }, (_, n) => linesOf(n, traffic))
    .flat()
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
