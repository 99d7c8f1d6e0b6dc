import { AgiError } from './error.js';

/** What a command takes as an argument; numbers and booleans are written as text, null and undefined as nothing. */
export type AgiValue = string | number | bigint | boolean | null | undefined;

/** Longest line sent, its newline included. Asterisk 16 reads 2,047 bytes and runs the rest as the next command. */
export const MAX_COMMAND_BYTES = 2047;
/** Asterisk keeps at most 127 words of a line (MAX_ARGS in res_agi.c) and does not check quoted ones. */
const MAX_WORDS = 127;

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is exactly what is looked for
const UNSAFE = /[\u0000\r\n]|\p{Surrogate}/u;
const SPECIAL = /["\\]/g;

/**
 * The one way into an AGI line: `SET VARIABLE` + [`NAME`, `a "b"`] → `SET VARIABLE "NAME" "a \"b\""\n`.
 * Every argument is a double-quoted word in which `\` and `"` are escaped, as res_agi.c's parse_args reads them.
 * Trailing undefined arguments are left out. Throws AgiError `unsafe` or `too_long`; what it returns is safe to send.
 */
export function encode(command: string, args: readonly AgiValue[]): string {
  let count = args.length;
  while (count > 0 && args[count - 1] === undefined) count--;
  let line = command;
  for (let i = 0; i < count; i++) {
    const value = args[i];
    if (Number.isNaN(value)) throw new AgiError('usage', command, `argument ${i + 1} is not a number`);
    line += quote(value);
  }
  return checked(command, `${line}\n`, command.split(' ').length + count);
}

/**
 * A line that the script wrote itself (fastagi.io's `channel.command(line)`): sent as it is, if it is one line.
 * Values from outside belong in encode(): here a quote in a value is the script's own affair.
 */
export const encodeLine = (line: string): string => checked(verbOf(line), `${line}\n`, line.split(/[ \t]+/).length);

/** The first word of a line: names the command in errors without repeating what may be a value. */
export const verbOf = (line: string): string => /^\s*([A-Za-z]+)/.exec(line)?.[1]?.toUpperCase() ?? 'command';

const quote = (value: AgiValue): string => ` "${value == null ? '' : String(value).replace(SPECIAL, '\\$&')}"`;

function checked(command: string, line: string, words: number): string {
  const unsafe = UNSAFE.exec(line);
  if (unsafe && unsafe.index < line.length - 1) {
    const what =
      unsafe[0] === '\0' ? 'a NUL' : unsafe[0] === '\n' || unsafe[0] === '\r' ? 'a line break' : 'half a character';
    throw new AgiError(
      'unsafe',
      command,
      `a value holds ${what}, which AGI can't carry; encode it (URIENCODE) or remove it`,
    );
  }
  // A UTF-16 unit is at most three bytes of UTF-8: short lines need no counting.
  const bytes = line.length * 3 <= MAX_COMMAND_BYTES ? 0 : Buffer.byteLength(line);
  if (bytes > MAX_COMMAND_BYTES || words > MAX_WORDS) {
    const size = bytes > MAX_COMMAND_BYTES ? `${bytes} bytes` : `${words} words`;
    throw new AgiError(
      'too_long',
      command,
      `the line has ${size}; Asterisk takes ${MAX_COMMAND_BYTES} bytes and ${MAX_WORDS} words; shorten or split the value`,
    );
  }
  return line;
}
