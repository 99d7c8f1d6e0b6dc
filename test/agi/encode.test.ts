// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expressions of Asterisk, not of JavaScript
import { expect } from 'chai';
import fc from 'fast-check';
import { encode, encodeLine, MAX_COMMAND_BYTES } from '../../src/agi/encode.js';
import { AgiError } from '../../src/agi/error.js';

/**
 * What Asterisk makes of a line, byte by byte: a second telling of parse_args in res_agi.c, written from its rules.
 * A quote that is not escaped opens or closes quoting (and opens a word); a space or tab outside quotes ends a word;
 * a backslash makes the next byte ordinary.
 */
function asteriskWords(line: Buffer): string[] {
  const words: number[][] = [];
  let inWord = false;
  let quoted = false;
  let escaped = false;
  for (const byte of line) {
    if (byte === 0x22 && !escaped) {
      quoted = !quoted;
      if (quoted && !inWord) {
        words.push([]);
        inWord = true;
      }
    } else if ((byte === 0x20 || byte === 0x09) && !quoted && !escaped) inWord = false;
    else if (byte === 0x5c && !escaped) {
      escaped = true;
      continue;
    } else {
      if (!inWord) words.push([]);
      inWord = true;
      words.at(-1)?.push(byte);
    }
    escaped = false;
  }
  return words.map((bytes) => Buffer.from(bytes).toString('utf8'));
}

/** The lines that Asterisk reads from these bytes, in pieces of its buffer: what is too long becomes the next command. */
function asteriskLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const newline = rest.subarray(0, 2047).indexOf(10);
    const end = newline < 0 ? Math.min(2047, rest.length) : newline;
    lines.push(rest.subarray(0, end));
    rest = rest.subarray(newline < 0 ? end : end + 1);
  }
  return lines;
}

/** Any text at all, and more often than by chance the characters that break things. */
const nasty = fc.constantFrom(
  '"',
  '\\',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  '(',
  ')',
  ',',
  '${X}',
  'é',
  'Ў',
  '😀',
  '\ud800',
  'HANGUP',
  '\\"',
  '\x1b[2J',
);
const value = fc.oneof(
  fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.string({ unit: 'grapheme-composite', maxLength: 900 }),
);

function attempt<T>(action: () => T): T | AgiError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AgiError) return error;
    throw error;
  }
}

describe('agi: encoding of commands', () => {
  it('sends whatever value it is given as exactly one word of one command, or refuses it', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (args) => {
        const line = attempt(() => encode('SET VARIABLE', args));
        if (line instanceof AgiError) {
          expect(line.code).to.be.oneOf(['unsafe', 'too_long']);
          const harmless = args.every((arg) => !/[\0\r\n]|\p{Surrogate}/u.test(arg));
          const bytes =
            Buffer.byteLength(args.join('').replace(/["\\]/g, '\\$&')) + 3 * args.length + 'SET VARIABLE\n'.length;
          expect(harmless && bytes <= 2047, `refused without need: ${JSON.stringify(args)}`).to.equal(false);
          return;
        }
        const lines = asteriskLines(Buffer.from(line));
        expect(lines.length).to.equal(1);
        expect(asteriskWords(lines[0] ?? Buffer.alloc(0))).to.deep.equal(['SET', 'VARIABLE', ...args]);
      }),
      { numRuns: 2000 },
    );
  });

  it('never sends more than one line of a command that the script wrote itself', () => {
    fc.assert(
      fc.property(value, (text) => {
        const line = attempt(() => encodeLine(`NOOP ${text}`));
        if (!(line instanceof AgiError)) expect(asteriskLines(Buffer.from(line)).length).to.equal(1);
      }),
      { numRuns: 1000 },
    );
  });

  for (const [name, bad] of [
    ['a newline', 'a\nVERBOSE injected 1'],
    ['a carriage return', 'a\rb'],
    ['a NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud83d'],
  ] as const) {
    it(`refuses ${name} in a value, and in a line of the script's own`, () => {
      expect(attempt(() => encode('SET VARIABLE', ['X', bad]))).to.include({ code: 'unsafe', command: 'SET VARIABLE' });
      expect(attempt(() => encodeLine(`SET VARIABLE X "${bad}"`))).to.include({
        code: 'unsafe',
        command: 'SET',
      });
    });
  }

  it('sends a line of 2,047 bytes with its newline, and refuses one byte more', () => {
    const frame = 'SET VARIABLE "X" ""\n'.length;
    const longest = encode('SET VARIABLE', ['X', 'x'.repeat(2047 - frame)]);
    expect(Buffer.byteLength(longest)).to.equal(MAX_COMMAND_BYTES);
    expect(attempt(() => encode('SET VARIABLE', ['X', 'x'.repeat(2048 - frame)]))).to.include({ code: 'too_long' });
  });

  it('counts bytes as they are sent: escapes and UTF-8 included', () => {
    expect(attempt(() => encode('SET VARIABLE', ['X', 'Ў'.repeat(1015)]))).to.include({ code: 'too_long' });
    expect(attempt(() => encode('SET VARIABLE', ['X', '"'.repeat(1015)]))).to.include({ code: 'too_long' });
  });

  it('refuses more words than Asterisk keeps', () => {
    expect(encode('NOOP', Array(126).fill('x'))).to.be.a('string');
    expect(attempt(() => encode('NOOP', Array(127).fill('x')))).to.include({ code: 'too_long' });
  });

  it('writes numbers and booleans as text, leaves out what is missing at the end, and refuses what is no number', () => {
    expect(encode('SET VARIABLE', ['X', 100])).to.equal('SET VARIABLE "X" "100"\n');
    expect(encode('SET VARIABLE', ['X', false])).to.equal('SET VARIABLE "X" "false"\n');
    expect(encode('GET DATA', ['beep', undefined, 4])).to.equal('GET DATA "beep" "" "4"\n');
    expect(encode('GET DATA', ['beep', undefined, undefined])).to.equal('GET DATA "beep"\n');
    expect(attempt(() => encode('GET DATA', ['beep', Number.NaN]))).to.include({ code: 'usage' });
  });

  it('does not repeat the value in the error: it may be personal', () => {
    const error = attempt(() => encode('SET VARIABLE', ['NAME', 'Example Person\n']));
    expect(String(error)).to.contain('SET VARIABLE').and.to.contain('line break').and.not.to.contain('Person');
  });
});
