import { expect } from 'chai';
import fc from 'fast-check';
import { EVENTS, formatLine, MAX_LINE_BYTES, parseLine } from '../../src/call/event.js';

const good = {
  v: 1,
  id: 'pbx1-1763676543.7-offer-1763676543123',
  at: 1763676543123,
  pbx: 'pbx1',
  call: 'pbx1-1763676543.6',
  event: 'offer',
  channel: 'PJSIP/101-0000002a',
  uniqueid: '1763676543.7',
  queue: 'sales',
  endpoint: '101',
};
const refusal = (change: Record<string, string | number>) => {
  const parsed = parseLine(formatLine({ ...good, ...change }));
  return parsed.ok ? 'accepted' : parsed.refusal.reason;
};

describe('event line', () => {
  it('reads what it writes, to the millisecond', () => {
    const parsed = parseLine(formatLine(good));
    expect(parsed.ok && parsed.event).to.include({
      event: 'offer',
      at: 1763676543123,
      queue: 'sales',
      endpoint: '101',
      source: 'hook',
    });
  });

  it("keeps a caller's name whole: Cyrillic, quotes, commas, plus signs, ampersands", () => {
    const name = 'Йо, "x" (z) & y=1|^% + ok';
    const parsed = parseLine(
      `${formatLine({ ...good, event: 'call', direction: 'in', from: '+998000000101' })}&name=${encodeURIComponent(name)}`,
    );
    expect(parsed.ok && parsed.event).to.include({ name, from: '+998000000101' });
  });

  it('takes the first value of a repeated key, so a name can not overwrite a field', () => {
    const parsed = parseLine(`${formatLine(good)}&endpoint=999&event=lost`);
    expect(parsed.ok && parsed.event).to.include({ event: 'offer', endpoint: '101' });
  });

  it('says which field is wrong, and its value', () => {
    expect(refusal({ event: 'teleport' })).to.equal('event "teleport" is unknown');
    expect(refusal({ event: '' })).to.equal('event is missing');
    expect(refusal({ at: 'yesterday' })).to.contain('at "NaN" is not seconds.milliseconds');
    expect(refusal({ pbx: 'a b' })).to.contain('pbx "a b" is not a name');
    expect(refusal({ queue: '' })).to.equal('queue is missing');
    expect(refusal({ v: 2 })).to.contain('v "2" is not 1');
    expect(refusal({ id: 'a b' })).to.contain('id "a b" has a character outside printable ASCII');
    expect(refusal({ event: 'end', side: 'middle' })).to.contain('side "middle"');
  });

  it('refuses a line that Asterisk must have cut', () => {
    const parsed = parseLine(`${formatLine(good)}&x=${'y'.repeat(MAX_LINE_BYTES)}`);
    expect(parsed.ok ? '' : parsed.refusal.reason).to.equal('line is longer than 8192 bytes');
  });

  it('strips control characters from what a caller can set', () => {
    const parsed = parseLine(formatLine({ ...good, event: 'call', direction: 'in', name: 'a\r\nb\u0000c' }));
    expect(parsed.ok && parsed.event).to.include({ name: 'a  b c' });
  });

  it('is not misled by the names of object properties', () => {
    expect(refusal({ event: '__proto__' })).to.equal('event "__proto__" is unknown');
    expect(refusal({ event: 'constructor' })).to.equal('event "constructor" is unknown');
    expect(parseLine(`${formatLine(good)}&__proto__=x`).ok).to.equal(true);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void parseLine(text)));
    const kinds = Object.keys(EVENTS);
    const fields = fc.dictionary(
      fc.constantFrom('v', 'id', 'at', 'event', 'call', 'pbx', 'queue', 'cause', 'side'),
      fc.string(),
    );
    fc.assert(
      fc.property(fields, fc.constantFrom(...kinds), (f, event) => void parseLine(formatLine({ ...f, event }))),
    );
  });
});
