import { expect } from 'chai';
import { type CallEvent, formatLine, parseLine } from '../../src/call/event.js';
import { intoStories, tiesAt } from '../../src/call/link.js';

const HOUR = 3_600_000;
const MORNING = Date.UTC(2026, 0, 15, 8, 0, 0);
/** A channel's id as Asterisk makes it. */
const uniqueid = (at: number, n: number) => `pbx-${Math.floor(at / 1000)}.${n}`;

function event(kind: string, at: number, call: string, linkedid: string, more: Record<string, string>): CallEvent {
  const common = { v: 1, id: `${kind}-${call}-${at}`, at, pbx: 'pbx1', event: kind, call, linkedid };
  const parsed = parseLine(formatLine({ ...common, channel: `PJSIP/${call}`, uniqueid: `u-${call}`, ...more }));
  if (!parsed.ok) throw new Error(parsed.refusal.reason);
  return parsed.event;
}

/** A call that ends with another linkedid than it began with. */
const bridged = (call: string, at: number, n: number, linkedid: string) => [
  event('call', at, call, uniqueid(at, n), { direction: 'in', from: `+99800000010${n}`, to: '5551000' }),
  event('end', at + 60_000, call, linkedid, { side: 'caller', cause: '16' }),
];

describe('which calls are one story', () => {
  it('those of one linkedid, minutes after it began', () => {
    const first = uniqueid(MORNING, 1);
    const events = [...bridged('one', MORNING, 1, first), ...bridged('two', MORNING + 600_000, 2, first)];
    expect(intoStories(events)).to.have.length(1);
  });

  it('not all callers of a channel that lives all day', () => {
    const agent = uniqueid(MORNING, 0);
    const callers = [3, 5, 7].map((hours, n) => bridged(`caller${n}`, MORNING + hours * HOUR, n + 1, agent));
    expect(intoStories(callers.flat())).to.have.length(3);
  });

  it('also late, when an event names the other call', () => {
    const at = MORNING + 5 * HOUR;
    const told = event('transfer', at + 30_000, 'one', uniqueid(MORNING, 1), { kind: 'attended', other: 'two' });
    const events = [...bridged('one', MORNING, 1, uniqueid(MORNING, 1)), told];
    expect(intoStories([...events, ...bridged('two', at, 2, uniqueid(MORNING, 1))])).to.have.length(1);
  });

  it('by an id that tells no age at any time: that of a click', () => {
    expect(tiesAt('click-17', MORNING)).to.equal(true);
    expect(tiesAt('', MORNING)).to.equal(false);
  });
});
