// Brings a foreign cdr in: rows to groups to calls, in batches whose transaction also holds how far the source was read.
import type { Db } from '../store/database.js';
import { queueLogOf } from '../store/imported-queue.js';
import {
  findImport,
  type Imported,
  type ImportedBefore,
  importedBefore,
  keepRejected,
  type RejectedRow,
  recordedByHooks,
  saveImport,
  sourceKey,
  writeImported,
} from '../store/imports.js';
import { type Naming, toCall } from './cdr-call.js';
import type { CdrSource, Place } from './cdr-source.js';
import { applyCel, type CelEvent, readCel } from './cel.js';
import { digestOf, type Group, Groups } from './groups.js';
import { applyQueue, isOfCall } from './queue-call.js';
import { type CdrRow, type Raw, readRow } from './row.js';
import { bornOf } from './text.js';
import { type Clock, clockOf } from './zone.js';
import { checkZone } from './zone-check.js';

export interface CdrCounts {
  rows: number;
  calls: number;
  /** Calls that stood already, the same. */
  unchanged: number;
  /** Calls that had got more rows since the last run. */
  completed: number;
  /** Calls that our own hooks recorded: left alone. */
  recorded: number;
  /** Calls outside --since and --until. */
  outside: number;
  doubtful: number;
  rejected: number;
}

export interface CdrImport extends Naming {
  source: CdrSource;
  timeZone: string;
  /** Only calls that began in this time, ms. */
  since: number | null;
  until: number | null;
  /** Calls in one transaction. */
  batch: number;
  dryRun: boolean;
  progress: (counts: CdrCounts, done: number) => void;
  signal?: AbortSignal | undefined;
  now: () => number;
}

/** Reads the source from where the last run stopped. It can be killed at any instant and goes on; running it again changes nothing. */
export async function importCdr(db: Db, options: CdrImport): Promise<CdrCounts> {
  const run = new Run(db, options);
  return run.all();
}

class Run {
  private readonly groups = new Groups();
  private readonly clock: Clock;
  private readonly key: string;
  private readonly counts: CdrCounts = {
    rows: 0,
    calls: 0,
    unchanged: 0,
    completed: 0,
    recorded: 0,
    outside: 0,
    doubtful: 0,
    rejected: 0,
  };
  private rejected: RejectedRow[] = [];
  private passed = Number.NEGATIVE_INFINITY;
  private last = '';
  private place: Place = {};
  /** The transaction under way: the next calls are made while the database works. */
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Db,
    private readonly options: CdrImport,
  ) {
    const { source, pbx, since, until } = options;
    this.clock = clockOf(options.timeZone);
    this.key = sourceKey('cdr', [pbx, source.name, since, until].join('\n'));
  }

  async all(): Promise<CdrCounts> {
    const { source, signal } = this.options;
    this.place = (await findImport(this.db, this.key))?.place ?? {};
    let checked = false;
    for await (const page of source.pages(this.place)) {
      const rows = page.rows.flatMap((row) => this.read(row));
      if (!checked) checkZone(rows, this.options.timeZone);
      checked = true;
      for (const row of rows) this.groups.add(row);
      await this.write(this.groups.closed(this.passed - source.patience));
      this.options.progress(this.counts, page.done);
      if (signal?.aborted) break;
    }
    if (signal?.aborted) {
      await this.writing;
      return this.counts;
    }
    // What may still grow is written too; the next run reads it again.
    const again = this.oldest();
    await this.write(this.groups.closed(Number.POSITIVE_INFINITY), again);
    await this.writing;
    return this.counts;
  }

  private read({ raw, place, fault, line }: { raw: Raw; place: string; fault: string; line: string }): CdrRow[] {
    this.counts.rows += 1;
    this.last = place;
    const made =
      fault === '' ? readRow(raw, place, this.clock, this.options.now()) : { ok: false as const, reason: fault };
    if (!made.ok) {
      this.counts.rejected += 1;
      this.rejected.push({ place, reason: made.reason, line: line || JSON.stringify(raw) });
      return [];
    }
    this.passed = Math.max(this.passed, this.options.source.passes === 'start' ? made.row.startedAt : made.row.endedAt);
    return [made.row];
  }

  /** Where the next run begins: at the first row of a call that is not written yet. */
  private oldest(): Place | null {
    const oldest = this.groups.oldest();
    return oldest ? this.options.source.again(oldest.place) : null;
  }

  private async write(closed: readonly Group[], place: Place | null = null): Promise<void> {
    const wanted = closed.filter((group) => this.isWanted(group));
    const { batch } = this.options;
    for (let i = 0; i < wanted.length || i === 0; i += batch) {
      const lastPart = i + batch >= wanted.length;
      const next = lastPart
        ? (place ?? this.oldest() ?? (this.last === '' ? this.place : this.options.source.again(this.last)))
        : this.place;
      await this.writeBatch(wanted.slice(i, i + batch), next);
      this.place = next;
    }
  }

  private isWanted(group: Group): boolean {
    const { since, until } = this.options;
    const born = Math.min(group.firstAt, ...group.rows.map((row) => bornOf(row.linkedid) ?? group.firstAt));
    const inside = (since === null || born >= since) && (until === null || born < until);
    if (!inside) this.counts.outside += 1;
    return inside;
  }

  private async writeBatch(groups: readonly Group[], place: Place): Promise<void> {
    const made = await this.make(groups);
    const rejected = this.rejected;
    this.rejected = [];
    await this.writing;
    this.writing = this.store(groups, made, rejected, place);
    // It is awaited before the next one and at the end; until then its failure is nobody's.
    this.writing.catch(() => undefined);
  }

  private async store(
    groups: readonly Group[],
    made: readonly (Imported & { group: Group })[],
    rejected: RejectedRow[],
    place: Place,
  ): Promise<void> {
    await this.db.knex.transaction(async (trx) => {
      const taken = await recordedByHooks(trx, this.options.pbx, {
        ids: made.map(({ call }) => call.id),
        uniqueids: [...new Set(groups.flatMap((group) => group.rows.map((row) => row.uniqueid)))].filter(Boolean),
      });
      const before = await importedBefore(
        trx,
        made.map(({ call }) => call.id),
      );
      const queued = await queueLogOf(
        trx,
        this.options.pbx,
        made.map(({ call }) => call.legs[0]?.uniqueid ?? ''),
      );
      const kept = made.filter((one) => this.isNew(one, taken, before, rejected));
      for (const one of kept) {
        const facts = queued.get(one.call.legs[0]?.uniqueid ?? '');
        if (facts?.some(isOfCall)) one.call = applyQueue(one.call, facts.filter(isOfCall), this.options.pbx);
        if (one.call.odd.length > 0) this.counts.doubtful += 1;
      }
      if (this.options.dryRun) return;
      await writeImported(trx, 'cdr', kept);
      await keepRejected(trx, this.key, rejected, this.options.now());
      await saveImport(trx, {
        source: this.key,
        kind: 'cdr',
        place,
        counts: { ...this.counts },
        changedAt: this.options.now(),
      });
    });
  }

  private async make(groups: readonly Group[]): Promise<(Imported & { group: Group })[]> {
    const { source } = this.options;
    const cel = source.cel ? await this.celOf(groups, source.cel) : null;
    return groups.map((group) => {
      const call = toCall(group.rows, this.options);
      const events = cel && [...new Set(group.rows.map((row) => row.linkedid))].flatMap((id) => cel.get(id) ?? []);
      const lastAt = Math.max(...group.rows.map((row) => row.startedAt));
      const made = { sourceRows: group.rows.length, digest: digestOf(group.rows), lastAt, again: false };
      return { call: events ? applyCel(call, events) : call, ...made, group };
    });
  }

  private async celOf(groups: readonly Group[], read: NonNullable<CdrSource['cel']>): Promise<Map<string, CelEvent[]>> {
    const found = new Map<string, CelEvent[]>();
    const ids = [...new Set(groups.flatMap((group) => group.rows.map((row) => row.linkedid)))];
    for (const raw of await read(ids)) {
      const event = readCel(raw, this.clock);
      if (!event) continue;
      const list = found.get(event.linkedid);
      if (list) list.push(event);
      else found.set(event.linkedid, [event]);
    }
    return found;
  }

  /** Decides about a call that may stand already, and counts it. */
  private isNew(
    one: Imported & { group: Group },
    taken: ReadonlySet<string>,
    before: ReadonlyMap<string, ImportedBefore>,
    rejected: RejectedRow[],
  ): boolean {
    if (taken.has(one.call.id) || one.group.rows.some((row) => taken.has(row.uniqueid))) {
      this.counts.recorded += 1;
      return false;
    }
    const old = before.get(one.call.id);
    if (!old) {
      this.counts.calls += 1;
      return true;
    }
    const less = one.sourceRows < old.sourceRows;
    if (old.digest === one.digest || less) {
      const late = less ? one.group.rows.filter((row) => row.startedAt > old.lastAt) : [];
      for (const row of late)
        rejected.push({
          place: row.place,
          reason: `its call ${one.call.id} was written before this row came`,
          line: JSON.stringify(row),
        });
      this.counts.rejected += late.length;
      if (late.length === 0) this.counts.unchanged += 1;
      return false;
    }
    this.counts[old.sourceRows === 0 ? 'calls' : 'completed'] += 1;
    one.again = true;
    return true;
  }
}
