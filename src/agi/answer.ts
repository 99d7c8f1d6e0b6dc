// What Asterisk answers to a command: one line, or several (520- … 520, and values that hold a newline).
import { AgiError, type AgiErrorCode } from './error.js';

/** A 200 answer. */
export interface AgiReply {
  code: 200;
  /**
   * What stands after `result=`: a number where the text is one as JavaScript writes it (0, 1, -1, 1234), else the
   * text itself (`0123`, `*12`, ``). String(result) is always the text as sent, so digits keep their zeros.
   */
  result: number | string;
  /** What stands in parentheses: a variable's value, or `timeout`, `dtmf`, `hangup`, …; null when there is none. */
  data: string | null;
  /** Where playing or recording stopped, in samples (milliseconds for CONTROL STREAM FILE), if the answer says so. */
  endpos?: number;
  /** The rest of the line, if there is any (`Gosub complete`, the results of SPEECH RECOGNIZE). */
  tail?: string;
}

const CODES: Record<number, AgiErrorCode> = { 510: 'unknown_command', 511: 'dead', 520: 'usage' };
const OK = '200 result=';
/** The only answers in which something follows the parentheses (res_agi.c). */
const TAILED = /^\(([a-z]+)\) ((?:digit=. )?endpos=.*)$/;

/**
 * Reads one whole answer. null = it is no final answer: not numbered at all, or provisional (`100 result=0 Trying...`).
 * `command` is the command it belongs to, for the error's text.
 */
export function readAnswer(text: string, command: string): AgiReply | AgiError | null {
  if (text.startsWith(OK)) return readReply(text);
  const match = /^([2-9]\d\d)[ -](.*)/.exec(text);
  if (!match) return null;
  const status = Number(match[1]);
  const detail = text.slice(4, 2048).trim();
  if (status === 200) return { code: 200, result: '', data: null, tail: detail };
  return new AgiError(
    CODES[status] ?? 'failed',
    command,
    `Asterisk answers ${status} ${match[2]}`.slice(0, 200),
    status,
    detail,
  );
}

function readReply(text: string): AgiReply {
  const space = text.indexOf(' ', OK.length);
  if (space < 0) return { code: 200, result: numberOrText(text.slice(OK.length)), data: null };
  const result = numberOrText(text.slice(OK.length, space));
  const rest = text.slice(space + 1);
  if (rest.startsWith('(') && rest.endsWith(')')) return { code: 200, result, data: rest.slice(1, -1) };
  const tailed = TAILED.exec(rest);
  const reply: AgiReply = { code: 200, result, data: tailed?.[1] ?? null, tail: tailed?.[2] ?? rest };
  const endpos = /(?:^| )endpos=(-?\d+)/.exec(reply.tail ?? '')?.[1];
  if (endpos !== undefined) reply.endpos = Number(endpos);
  return reply;
}

function numberOrText(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) && String(number) === text ? number : text;
}

/**
 * How an answer that starts with this line ends, if not with the line itself: `520-…` with the line `520 …`; a value
 * that holds a newline with a line whose last character is the closing parenthesis. null = it is whole.
 */
export function endOf(line: string): ((last: string) => boolean) | null {
  if (line.charCodeAt(3) === 45 && /^\d{3}-/.test(line)) {
    const end = `${line.slice(0, 3)} `;
    return (last) => last.startsWith(end);
  }
  if (!line.startsWith(OK)) return null;
  const open = line.indexOf(' ', OK.length) + 1;
  if (open === 0 || line.charCodeAt(open) !== 40 || line.endsWith(')') || TAILED.test(line.slice(open))) return null;
  return (last) => last.endsWith(')');
}
