import { expect } from 'chai';
import fc from 'fast-check';
import { AmiError } from '../../src/ami/error.js';
import { type AmiFields, checkFields } from '../../src/ami/fields.js';

const refusal = (fields: AmiFields, action = 'Originate'): string => {
  try {
    checkFields(action, fields);
  } catch (error) {
    if (error instanceof AmiError && error.code === 'unsafe') return error.message;
    throw error;
  }
  return '';
};

describe('src/ami: what may be sent', () => {
  it('leaves ordinary fields as they are', () => {
    expect({
      ...checkFields('Originate', { Channel: 'Local/101@x/n', Priority: 1, Async: true, Data: undefined }),
    }).to.deep.equal({ Channel: 'Local/101@x/n', Priority: '1', Async: 'true' });
    expect(refusal({ CallerID: '"Йосип" <101>', Data: 'a, b: c & d | e ; $(F) [x]' })).to.equal('');
  });

  it('names the key and never the value', () => {
    expect(refusal({ Secret: 'hid\nden' })).to.equal('"Secret" holds a line break or a NUL');
    expect(refusal({ 'X\r\nY': '1' })).to.equal('"X\\r\\nY" is no header name');
  });

  for (const name of ['FILE(/etc/x)', 'SHELL(id)', 'GLOBAL(A)', 'A=B', 'A B', 'A,B', '1A', '', 'Ж', 'CALLERID(name)']) {
    it(`takes no variable named ${JSON.stringify(name)}: Asterisk would call a function or cut it`, () => {
      expect(refusal({ Variable: { [name]: 'x' } })).to.equal(`${JSON.stringify(name)} is no variable name`);
    });
  }

  it('takes odd but honest names', () => {
    const odd = JSON.parse('{"__proto__":"a","constructor":"b","__DH_CALL":"c"}') as Record<string, string>;
    const checked = checkFields('Originate', { Variable: odd });
    expect(Object.entries(checked['Variable'] ?? {})).to.deep.equal([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['__DH_CALL', 'c'],
    ]);
  });

  it('refuses a second value for a key, and the keys of the connection', () => {
    expect(refusal({ Exten: '1', exten: '2' })).to.contain('"exten"');
    expect(refusal({ ActionID: '1' })).to.contain('"ActionID"');
    expect(refusal({ action: 'Command' })).to.contain('"action"');
    expect(refusal({ Channel: { a: '1' } })).to.equal('"Channel" takes one value');
  });

  it('refuses what Asterisk would cut or drop', () => {
    expect(refusal({ Data: 'x'.repeat(994) })).to.equal('');
    expect(refusal({ Data: 'x'.repeat(995) })).to.equal('"Data" is longer than 1000 bytes');
    expect(refusal({ Data: 'Ж'.repeat(500) })).to.equal('"Data" is longer than 1000 bytes');
    expect(refusal({ Variable: { A: 'x'.repeat(1000) } })).to.equal('"A" is longer than 1000 bytes');
    const many = Object.fromEntries(Array.from({ length: 119 }, (_, n) => [`V${n}`, '1']));
    expect(refusal({ Variable: many })).to.equal('"Variable" makes more than 120 lines');
  });

  it('no text makes a line of its own', function () {
    this.timeout(20_000);
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r', '\n', '\0', 'a\r\nB: c', '\u2028'));
    fc.assert(
      fc.property(text, text, (key, value) => {
        const clean = !/[\r\n\0]/.test(value);
        if (refusal({ Exten: value }) === '') expect(clean).to.equal(true);
        if (refusal({ [key]: 'x' }) === '') expect(key).to.match(/^[A-Za-z][\w-]*$/);
        if (refusal({ Variable: { [key]: value } }) === '') {
          expect(clean && !/[,"\\]/.test(value)).to.equal(true);
          expect(key).to.match(/^[A-Za-z_]\w*$/);
        }
      }),
    );
  });
});
