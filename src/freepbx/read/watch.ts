// Asks FreePBX every half a minute whether anything has changed, and reads it when it has. While it can't be read the last
// reading stands: names that were right a minute ago are better than none.
import { createHash } from 'node:crypto';
import type { FreepbxReading } from '../../store/freepbx-names.js';
import type { FreepbxRows } from '../../store/freepbx-source.js';
import { type Dynamic, type Item, itemsOf, type Kind, kindsIn } from './items.js';

export interface FreepbxSource {
  /** What the tables add up to; cheap. Rejects when the database is away. */
  mark(): Promise<string>;
  rows(): Promise<FreepbxRows>;
  /** Who may log in to which queue. Rejects when that can't be found out: then only static members are known. */
  dynamic?(): Promise<Dynamic>;
}

export interface FreepbxStore {
  reading(): Promise<FreepbxReading | null>;
  save(
    reading: { kinds: readonly Kind[]; items: readonly Item[]; mark: string },
    now: number,
  ): Promise<{ added: number; changed: number; removed: number }>;
  touch(now: number): Promise<void>;
  fail(since: number, error: string): Promise<void>;
}

export interface WatchParts {
  source: FreepbxSource;
  store: FreepbxStore;
  everyMs: number;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
  now?: () => number;
}

export interface FreepbxWatch {
  /** Since when it fails, and when it was read last, ms; null for not and never. */
  state(): { readAt: number | null; failingSince: number | null };
  /** Asks now; it is done by itself anyway. Never rejects. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Who may log in is asked of the PBX itself, at every fourth look only: it changes seldom. */
const DYNAMIC_EVERY = 4;
/** Goes up when itemsOf() makes something else of the same rows: then all is read once more. */
const SHAPE = 'v1';

/** Starts asking at once. */
export function startFreepbxWatch({ source, store, everyMs, log, now = Date.now }: WatchParts): FreepbxWatch {
  const at: { readAt: number | null; failingSince: number | null } = { readAt: null, failingSince: null };
  let mark: string | null = null;
  let looks = 0;
  let dynamic: Dynamic = new Map();
  let under: Promise<void> | null = null;
  let stopped = false;

  async function read(): Promise<void> {
    mark ??= (await store.reading())?.mark ?? '';
    const asked = looks++ % DYNAMIC_EVERY === 0;
    if (asked) dynamic = (await source.dynamic?.().catch(() => null)) ?? dynamic;
    const current = digest(await source.mark(), dynamic);
    if (current === mark) {
      await store.touch(now());
      return;
    }
    const rows = await source.rows();
    const items = itemsOf(rows, dynamic);
    // A restore empties the tables first: nobody's phone is gone because of that.
    if (!items.some(({ kind }) => kind === 'extension')) throw new Error('FreePBX shows no extension');
    const changes = await store.save({ kinds: kindsIn(rows), items, mark: current }, now());
    mark = current;
    log.info(changes, 'FreePBX was read');
  }

  async function look(): Promise<void> {
    try {
      await read();
      if (at.failingSince !== null) log.info({ afterMs: now() - at.failingSince }, 'FreePBX can be read again');
      at.readAt = now();
      at.failingSince = null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (at.failingSince === null) log.warn({ reason }, 'FreePBX can not be read; the names read last are kept');
      at.failingSince ??= now();
      await store.fail(at.failingSince, reason).catch(() => undefined);
    }
  }

  const once = (): Promise<void> => {
    under ??= look().finally(() => {
      under = null;
    });
    return under;
  };
  const timer = setInterval(() => {
    if (!stopped) void once();
  }, everyMs);
  void once();
  return {
    state: () => ({ ...at }),
    look: async () => {
      // One under way may have asked before what the caller wants to be seen.
      await under;
      await once();
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await under;
    },
  };
}

const digest = (mark: string, dynamic: Dynamic): string =>
  `${SHAPE}-${createHash('sha1')
    .update(JSON.stringify([mark, [...dynamic]]))
    .digest('base64url')}`;
