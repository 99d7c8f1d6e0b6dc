import { expect } from 'chai';
import { type CallEvent, formatLine, parseLine } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';

const T = 1_763_676_543_000;
const CALLER = { channel: 'PJSIP/trunk-1', uniqueid: 'u-caller' };
const FIRST = { channel: 'PJSIP/101-1', uniqueid: 'u-101' };
const SECOND = { channel: 'PJSIP/102-1', uniqueid: 'u-102' };

/** One event of the call, so many seconds after its beginning. */
function told(at: number, event: string, who: typeof CALLER, fields: Record<string, string> = {}): CallEvent {
  const line = formatLine({
    ...{ v: 1, id: `x-${event}-${who.uniqueid}-${at}`, at: T + at * 1000, pbx: 'pbx1', call: 'x', event, ...who },
    ...{ linkedid: CALLER.uniqueid, ...fields },
  });
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(`${line}: ${JSON.stringify(parsed)}`);
  return parsed.event;
}

const rings = (at: number, who: typeof CALLER, endpoint: string, until: number) => [
  told(at, 'ring', who, { endpoint, dialler: CALLER.uniqueid }),
  told(until, 'end', who, { side: 'callee', endpoint, cause: '0', tech: 'SIP 180 Ringing' }),
];
const begins = told(0, 'call', CALLER, { direction: 'in', trunk: 'trunk', from: '555-0101', to: '5550100' });
const dials = (at: number, to: string) => told(at, 'dial', CALLER, { to });
const ends = (at: number, dialstatus: string) => told(at, 'end', CALLER, { side: 'caller', cause: '16', dialstatus });

/** How each phone's ring ended, by endpoint. */
const ringsOf = (...events: (CallEvent | CallEvent[])[]) =>
  Object.fromEntries(
    fold('x', events.flat())
      .legs.filter((leg) => leg.role === 'device')
      .map((leg) => [leg.endpoint, leg.outcome]),
  );

// Where no hook stands behind a Dial() nothing says how it ended: what the dialler did next does.
describe('how a ring ended, when nobody told how its Dial() came back', () => {
  it('rang out, when the one who dialled then dialled the next phone', () => {
    const hunt = [begins, dials(0.1, '101'), ...rings(0.1, FIRST, '101', 1.1), dials(1.1, '102')];
    const second = rings(1.1, SECOND, '102', 1.6);
    expect(ringsOf(hunt, second, ends(1.6, 'CANCEL'))).to.deep.equal({ 101: 'rang_out', 102: 'caller_gone' });
  });

  it('rang out, when the one who dialled then went into a queue', () => {
    const queue = told(1.2, 'enter', CALLER, { queue: 'sales' });
    const call = [begins, dials(0.1, '101'), ...rings(0.1, FIRST, '101', 1.1), queue, ends(1.7, 'NOANSWER')];
    expect(ringsOf(call)).to.deep.equal({ 101: 'rang_out' });
  });

  it('rang out, when the one who dialled was turned away afterwards, and says NOANSWER at its end', () => {
    const call = [begins, dials(0.1, '101'), ...rings(0.1, FIRST, '101', 1.1)];
    expect(ringsOf(call, ends(1.3, 'NOANSWER'))).to.deep.equal({ 101: 'rang_out' });
  });

  it('was the caller giving up, when that one ended with the ring', () => {
    const call = [begins, dials(0.1, '101'), ...rings(0.1, FIRST, '101', 1.1)];
    expect(ringsOf(call, ends(1.1, 'CANCEL'))).to.deep.equal({ 101: 'caller_gone' });
    expect(ringsOf(call, ends(1.1, ''))).to.deep.equal({ 101: 'caller_gone' });
  });
});
