// Listens to the manager interface for what no hook can see, and tells it as event lines.
import type { Ami, AmiMessage } from '../ami/index.js';
import { channelLine, type ReportDeps, tell } from './lines.js';
import { type Party, partyOf, timeOf } from './parties.js';
import { Places, type PlacesDeps } from './places.js';
import { WATCHED } from './watched.js';

export interface WatchDeps extends ReportDeps, PlacesDeps {
  ami: Pick<Ami, 'list' | 'on'>;
  /** ms since the epoch. */
  now(): number;
}

export interface Watch {
  places: Places;
  /** Stops listening; resolves when what was heard is recorded. */
  stop(): Promise<void>;
}

/** Starts to listen. Never throws: what can't be told is in the log. */
export function startWatch(deps: WatchDeps): Watch {
  const places = new Places(deps);
  const telling = new Set<Promise<unknown>>();
  const hear = (message: AmiMessage) => {
    const name = message.get('event') ?? '';
    const watched = Object.hasOwn(WATCHED, name) ? WATCHED[name] : undefined;
    if (watched === undefined) return;
    const at = timeOf(message) ?? deps.now();
    if (watched.places) notePlace(places, message, watched.places.waits, at);
    const told = watched.tell?.(message, deps.pbx);
    if (!told) return;
    const line = tell(deps, channelLine(deps.pbx, told.kind, told.party, at, told.fields));
    telling.add(line);
    void line.finally(() => telling.delete(line));
  };
  const unlisten = deps.ami.on('event', hear);
  return {
    places,
    stop: async () => {
      unlisten();
      await Promise.all([places.stop(), ...telling]);
    },
  };
}

function notePlace(places: Places, message: AmiMessage, waits: boolean, at: number): void {
  const party: Party | null = partyOf(message);
  const queue = message.get('Queue') ?? '';
  if (!party || queue === '') return;
  if (!waits) places.left(party.uniqueid, queue, at);
  else places.joined(party, queue, Number(message.get('Position')), Number(message.get('Count')), at);
}
