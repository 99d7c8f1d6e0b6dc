/** Where the server writes; pino's shape. Personal data (paths' queries, values, names, numbers) goes to debug only. */
export interface AgiLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  isLevelEnabled?(level: string): boolean;
}

/** Every limit of the server. Milliseconds may be Infinity: no limit. */
export const DEFAULTS = {
  /** Address to listen on. Asterisk on another host needs the host's own address here, and a firewall. */
  host: '127.0.0.1',
  /** Connections the kernel holds while the server is frozen: as many calls hang at most, plus those already open. */
  backlog: 64,
  /** Sessions open at once; a further one is closed at once, so its call goes on. */
  maxSessions: 10_000,
  /** Lines of the environment. Asterisk sends 24 and at most 127 arguments. */
  maxLines: 256,
  /** One line, of the environment or of an answer. Asterisk cuts an AGI() call, and a value set by Set(), at 8,191 bytes. */
  maxLineBytes: 16_384,
  /** The environment as a whole, and an answer of several lines as a whole. */
  maxHeaderBytes: 65_536,
  /** From the connect to the blank line, and from the first to the last byte of one answer. */
  headerTimeoutMs: 5_000,
  /** How long a script may think at a stretch: no command waits at Asterisk, and the session is not closed. The caller hears silence. */
  thinkMs: 10_000,
  /** How long a command may wait at Asterisk without a byte from it. Long, as EXEC Dial lasts as long as the call. */
  idleMs: 4 * 3_600_000,
  /** What a session still gets once it is over: after HANGUP, and for the console line of a failed or unknown script. */
  graceMs: 1_000,
  /** How long close() waits for the sessions to end by themselves. */
  closeMs: 5_000,
};

export type AgiLimits = typeof DEFAULTS;
export type AgiOptions = { [K in keyof AgiLimits]?: AgiLimits[K] | undefined } & { log?: AgiLog | undefined };

const silent = () => {};
const SILENT: AgiLog = { debug: silent, info: silent, warn: silent, error: silent, isLevelEnabled: () => false };

/** Options with their defaults. Throws TypeError that names the option, its value and what is allowed. */
export function resolveOptions(options: AgiOptions): { limits: AgiLimits; log: AgiLog } {
  const limits: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    if (name === 'log' || value === undefined) continue;
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new TypeError(`fastagi option "${name}" is unknown; known are ${Object.keys(DEFAULTS).join(', ')}, log`);
    }
    limits[name] = name === 'host' ? checkHost(value) : checkNumber(name, value);
  }
  return { limits: limits as AgiLimits, log: options.log ?? SILENT };
}

function checkHost(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`fastagi option "host" is ${String(value)}; it must be an address, such as 127.0.0.1`);
}

function checkNumber(name: string, value: unknown): number {
  if (
    typeof value === 'number' &&
    value > 0 &&
    (Number.isInteger(value) || (value === Number.POSITIVE_INFINITY && name.endsWith('Ms')))
  )
    return value;
  throw new TypeError(
    `fastagi option "${name}" is ${String(value)}; it must be a whole number above 0${name.endsWith('Ms') ? ', or Infinity' : ''}`,
  );
}
