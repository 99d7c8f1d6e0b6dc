/**
 * Why a command was not carried out, or its answer never came:
 * - `hangup` the caller hung up and Asterisk ended the session before it answered
 * - `closed` the session is over: closed by the script, by Asterisk or by a stop of the server
 * - `dead` (511) the channel is hung up, and this command is not allowed on it
 * - `unknown_command` (510) this Asterisk has no such command
 * - `usage` (520, or seen here) the arguments are wrong; `detail` has Asterisk's usage text
 * - `failed` any other answer that is not 200
 * - `timeout` the session was ended at one of its time limits
 * - `unsafe` the value holds a line break, a NUL or half a character: never sent
 * - `too_long` the line is longer than the oldest Asterisk reads in one piece: never sent
 */
export type AgiErrorCode =
  | 'hangup'
  | 'closed'
  | 'dead'
  | 'unknown_command'
  | 'usage'
  | 'failed'
  | 'timeout'
  | 'unsafe'
  | 'too_long';

/** What a command promise rejects with. The message names the command, never its values: they may be personal. */
export class AgiError extends Error {
  override readonly name = 'AgiError';
  readonly code: AgiErrorCode;
  /** The AGI command, without its arguments: `GET VARIABLE`. */
  readonly command: string;
  /** Asterisk's number (510, 511, 520, …) when Asterisk refused; undefined when it never answered. */
  readonly status: number | undefined;
  /** What Asterisk wrote beside the number. */
  readonly detail: string;

  constructor(code: AgiErrorCode, command: string, message: string, status?: number, detail = '') {
    super(`${command}: ${message}`);
    this.code = code;
    this.command = command;
    this.status = status;
    this.detail = detail;
  }
}
