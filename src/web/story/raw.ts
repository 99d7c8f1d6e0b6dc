// Pure. The events of a call as they were told, for the curious: no line is shown as it is, because a line carries numbers.
import { type CallEvent, parseLine } from '../../call/event.js';
import { byTime } from '../../call/fold.js';
import { nameIn, phonesIn } from '../format.js';
import { fileName } from './people.js';

/** Shown in columns of their own, or saying nothing to a reader. */
const NOT_AMONG_THE_FIELDS = new Set([
  'v',
  'id',
  'at',
  'pbx',
  'event',
  'channel',
  'source',
  'call',
  'uniqueid',
  'linkedid',
]);
/** Rows at most; the rest is counted. */
const MOST = 500;

const SOURCES = { hook: 'hook', ami: 'AMI', server: 'server' } as const;

export interface RawOptions {
  /** The story's own call: events of others are marked. */
  call: string;
  write(number: string): string;
  /** A moment with its milliseconds. */
  clock(at: number): string;
}

/** The stored lines as rows, oldest first. */
export function rawEvents(lines: readonly string[], options: RawOptions) {
  const events = lines.map(parseLine).flatMap((parsed) => (parsed.ok ? [parsed.event] : []));
  const rows = events.sort(byTime).map((event) => ({
    at: options.clock(event.at),
    source: SOURCES[event.source],
    icon: event.source === 'hook' ? 'check' : 'seen',
    event: event.event,
    channel: phonesIn(event.channel, options.write),
    other: event.call === options.call ? '' : event.call,
    fields: fieldsOf(event).map(([name, value]) => ({
      name,
      value:
        name === 'name'
          ? nameIn(value, options.write)
          : phonesIn(name === 'file' ? fileName(value) : value, options.write),
    })),
  }));
  return { rows: rows.slice(0, MOST), more: Math.max(0, rows.length - MOST), unread: lines.length - events.length };
}

const fieldsOf = (event: CallEvent): [string, string][] =>
  Object.entries(event)
    .filter(([name, value]) => !NOT_AMONG_THE_FIELDS.has(name) && value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => [name, String(value)]);
