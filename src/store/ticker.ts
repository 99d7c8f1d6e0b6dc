// The newest events as short sentences.
import { type CallEvent, type EventOf, parseLine } from '../call/event.js';
import { isOfCall } from '../call/fold.js';
import type { Snapshot } from '../call/live.js';
import type { Db } from './database.js';
import { newestLines } from './events.js';
import type { QueueSettings } from './queues.js';

const READ = 40;
const SHOWN = 12;

/** The newest events worth a line, newest first. `names` are operators' names by endpoint. */
export async function readTicker(
  db: Db,
  names: Map<string, string>,
  settings: Map<string, QueueSettings>,
): Promise<Snapshot['ticker']> {
  const name = (endpoint: string) => names.get(endpoint) ?? endpoint;
  const title = (queue: string) => settings.get(queue)?.title ?? queue;
  return (await newestLines(db, READ))
    .flatMap((line) => {
      const parsed = parseLine(line);
      if (!parsed.ok) return [];
      const said = sentence(parsed.event, name, names);
      if (!said) return [];
      const queue = 'queue' in parsed.event && parsed.event.queue ? title(parsed.event.queue) : '';
      const of = isOfCall(parsed.event) ? { call: parsed.event.call } : {};
      const own = parsed.event.event === 'call' && parsed.event.direction === 'in' ? { own: parsed.event.to } : {};
      return [{ at: parsed.event.at, queue, text: said, ...of, ...own }];
    })
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN);
}

function sentence(event: CallEvent, name: (endpoint: string) => string, names: ReadonlyMap<string, string>): string {
  switch (event.event) {
    case 'call':
      return event.direction === 'in'
        ? `${event.from || 'unknown number'} calls ${event.to}`
        : `${name(event.endpoint) || event.from} calls ${event.to}`;
    case 'enter':
      return 'a caller joined';
    case 'leave':
      return event.status === 'TIMEOUT' ? 'a caller waited too long' : '';
    case 'offer':
      return `rings ${name(event.endpoint)}`;
    case 'answer':
      // A trunk is nobody: it was the one outside.
      return `${names.has(event.endpoint) || /^\d/.test(event.endpoint) ? name(event.endpoint) : 'the other side'} answered`;
    case 'unrouted':
      return `${event.to} is not known here`;
    case 'login':
      return `${name(event.operator)} logged in`;
    case 'logout':
      return `${name(event.operator)} logged out`;
    case 'pause':
      return `${name(event.operator)} paused${event.reason ? `: ${event.reason}` : ''}`;
    case 'unpause':
      return `${name(event.operator)} is ready`;
    case 'wrapup':
      return `${name(event.operator)} is in wrap-up`;
    case 'wrapped':
      return `${name(event.operator)} has done the wrap-up`;
    case 'transfer':
      return transferred(event, name);
    case 'park':
      return event.slot === '' ? '' : `a call was parked in ${event.slot}`;
    case 'comeback':
      return 'a parked call came back';
    case 'voicemail':
      return `a message for mailbox ${event.mailbox}`;
    default:
      return '';
  }
}

/** The manager interface may name an extension of the dialplan (s) for the target of an attended transfer: then only that it was. */
function transferred({ result, to, by }: EventOf<'transfer'>, name: (endpoint: string) => string): string {
  if (result !== 'ok') return '';
  const who = /^PJSIP\/(.+)-\w+$/.exec(by)?.[1] ?? '';
  const where = /^[+*#\d]/.test(to) ? ` to ${name(to)}` : '';
  return who === '' ? `a call was transferred${where}` : `${name(who)} transferred a call${where}`;
}
