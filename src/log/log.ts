// The log: pino, one JSON line or one readable line each, on standard error (standard output belongs to answers).
// May import only pino and its printer.
import {
  type DestinationStream,
  destination,
  type Level,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino';
import pretty from 'pino-pretty';
import { hidePersonal } from './personal.js';

export type Log = Logger;

export interface LogOptions {
  level: Level | 'silent';
  /** Lines for people; `auto`: when standard error is a terminal. */
  pretty: boolean | 'auto';
  /** Where the lines go; standard error when left out. */
  to?: DestinationStream;
}

/** Keys that never reach a log, on the top of a record and one step down. */
const SECRETS = [
  'password',
  'passwordHash',
  'secret',
  'amiSecret',
  'databaseUrl',
  'token',
  'sid',
  'cookie',
  'authorization',
];
const REDACTED = [
  ...SECRETS,
  ...SECRETS.map((key) => `*.${key}`),
  'req.headers.cookie',
  'req.headers.authorization',
  'res.headers["set-cookie"]',
];
/** Bytes that wait for a slow reader of the log; what comes on top is dropped, because a call must not wait for a log. */
const MOST_WAITING = 8 * 1024 * 1024;

/**
 * Makes the log of a process. Each room takes its own child: `log.child({ room: 'agi' })`.
 * Secrets are never written; numbers and names of callers only at debug and trace, when they stand under
 * their usual keys (see personal.ts) – a message text must hold none.
 */
export function createLog(options: LogOptions): Log {
  const settings: LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '(hidden)' },
    hooks: {
      logMethod(args, method, level) {
        const [first, ...rest] = args;
        method.apply(this, [hidePersonal(first, level), ...rest] as typeof args);
      },
    },
  };
  const to = options.to ?? destination({ dest: 2, sync: false, maxLength: MOST_WAITING });
  const readable = options.pretty === 'auto' ? process.stderr.isTTY === true : options.pretty;
  if (!readable) return pino(settings, to);
  const colorize = options.to === undefined && process.stderr.isTTY === true;
  return pino(
    settings,
    pretty({
      destination: to,
      colorize,
      ignore: 'room',
      messageFormat: '{if room}{room}: {end}{msg}',
      translateTime: 'SYS:HH:MM:ss.l',
    }),
  );
}
