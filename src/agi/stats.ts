/** What can go wrong with a session, counted one by one. */
export const TROUBLES = [
  /** Closed at once because maxSessions were open. */
  'refused',
  /** No script is registered under the path. */
  'unknown_path',
  /** The environment has no agi_request: whoever connected is not Asterisk. */
  'bad_header',
  /** More of the environment came behind the blank line: a value with newlines had ended it early. */
  'forged',
  /** The connection ended before the blank line. */
  'early_close',
  /** The blank line did not come in time. */
  'header_timeout',
  /** The environment, or an answer, is longer than allowed: the connection was reset. */
  'header_too_long',
  'line_too_long',
  'too_many_lines',
  /** The script threw, or its promise rejected. */
  'script',
  /** The script thought longer than thinkMs. */
  'think_timeout',
  /** Asterisk said nothing for idleMs, or did not finish an answer. */
  'idle_timeout',
  /** The connection broke (reset, lost host). */
  'broken',
  /** A connection could not be accepted (no file descriptors). */
  'accept',
  /** A command was refused by Asterisk (510, 511, 520, …) or here (unsafe, too_long). */
  'command',
  /** A line nobody had asked for; it was dropped. */
  'unsolicited',
] as const;

export type Trouble = (typeof TROUBLES)[number];

/** Counters since the start, for metrics and a health check. `open` is the number of sessions now. */
export interface AgiStats {
  open: number;
  total: number;
  /** Closed at once because maxSessions were open. */
  refused: number;
  errors: Record<Trouble, number>;
}

export const noTroubles = (): Record<Trouble, number> =>
  Object.fromEntries(TROUBLES.map((name) => [name, 0])) as Record<Trouble, number>;
