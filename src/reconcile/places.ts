// Callers' places in the queues: asked anew when somebody came or went, at most once a second for each queue.
import type { Ami, AmiMessage } from '../ami/index.js';
import { channelLine, type ReportDeps, tell } from './lines.js';
import type { Party } from './parties.js';

export interface PlacesDeps extends ReportDeps {
  pbx: string;
  ami: Pick<Ami, 'list'>;
  /** Least time between two questions about one queue, ms; a second unless said. */
  restMs?: number;
}

interface Waiting {
  party: Party;
  queue: string;
  /** The place the record knows of; null when it may know an old one, from before a gap. */
  told: number | null;
}

const LIST_MS = 10_000;
/** Places from here on are told when they moved by a tenth: else a queue of 300 would write 300 lines a second. */
const EXACT = 10;

/** Whether a place is worth a line. */
export const worthTelling = (told: number | null, place: number): boolean =>
  told === null || (place !== told && (place <= EXACT || Math.abs(place - told) * 10 >= told));

export class Places {
  readonly #deps: PlacesDeps;
  readonly #waiting = new Map<string, Waiting>();
  /** Queues about which a question is due: the time of the newest event, ms of the PBX's clock. */
  readonly #due = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #askedAt = new Map<string, number>();
  readonly #asking = new Set<Promise<void>>();
  #stopped = false;

  constructor(deps: PlacesDeps) {
    this.#deps = deps;
  }

  /** A caller joined; the hook tells this place itself. */
  joined(party: Party, queue: string, place: number, waiting: number, at: number): void {
    this.#waiting.set(party.uniqueid, { party, queue, told: place });
    if (place < waiting) this.#ask(queue, at);
  }

  left(uniqueid: string, queue: string, at: number): void {
    this.#waiting.delete(uniqueid);
    this.#ask(queue, at);
  }

  /**
   * All entries of all queues, as a look found them; `channels` tells whose they are. Callers who came before we listened are
   * taken in and told once, those who are gone are forgotten.
   */
  async seen(entries: readonly AmiMessage[], channels: ReadonlyMap<string, Party>, at: number): Promise<void> {
    const present = new Set(entries.map((entry) => entry.get('Uniqueid') ?? ''));
    for (const uniqueid of this.#waiting.keys()) if (!present.has(uniqueid)) this.#waiting.delete(uniqueid);
    for (const entry of entries) {
      const party = channels.get(entry.get('Uniqueid') ?? '');
      const queue = entry.get('Queue') ?? '';
      if (party && this.#waiting.get(party.uniqueid)?.queue !== queue)
        this.#waiting.set(party.uniqueid, { party, queue, told: null });
    }
    await this.#tellAll(entries, at);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#asking);
  }

  #ask(queue: string, at: number): void {
    this.#due.set(queue, at);
    if (this.#stopped || this.#timers.has(queue)) return;
    const rest = (this.#askedAt.get(queue) ?? 0) + (this.#deps.restMs ?? 1000) - performance.now();
    const timer = setTimeout(() => this.#question(queue), Math.max(0, rest));
    this.#timers.set(queue, timer);
  }

  #question(queue: string): void {
    const at = this.#due.get(queue) ?? 0;
    this.#due.delete(queue);
    this.#askedAt.set(queue, performance.now());
    const options = { complete: 'QueueStatusComplete', timeoutMs: LIST_MS };
    const asking = this.#deps.ami
      .list('QueueStatus', { Queue: queue }, options)
      .then((items) => this.#tellAll(items.filter(isEntry), at))
      // Not answered: the next event, or the next look, asks again.
      .catch((error: unknown) => this.#deps.log.warn({ err: error, queue }, 'the places in a queue could not be read'))
      .finally(() => {
        this.#asking.delete(asking);
        this.#timers.delete(queue);
        const due = this.#due.get(queue);
        if (due !== undefined) this.#ask(queue, due);
      });
    this.#asking.add(asking);
  }

  async #tellAll(entries: readonly AmiMessage[], at: number): Promise<void> {
    const sizes = new Map<string, number>();
    for (const entry of entries) {
      const queue = entry.get('Queue') ?? '';
      sizes.set(queue, (sizes.get(queue) ?? 0) + 1);
    }
    const lines: string[] = [];
    for (const entry of entries) {
      const waiting = this.#waiting.get(entry.get('Uniqueid') ?? '');
      const position = Number(entry.get('Position'));
      const queue = entry.get('Queue') ?? '';
      if (waiting?.queue !== queue || !Number.isInteger(position) || !worthTelling(waiting.told, position)) continue;
      waiting.told = position;
      lines.push(
        channelLine(this.#deps.pbx, 'position', waiting.party, at, { queue, position, waiting: sizes.get(queue) }),
      );
    }
    await Promise.all(lines.map((line) => tell(this.#deps, line)));
  }
}

export const isEntry = (item: AmiMessage): boolean => item.get('Event') === 'QueueEntry';
