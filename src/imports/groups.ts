// Pure. Rows come in the order of their source; a call's rows are gathered until no more of them can come.
import { createHash } from 'node:crypto';
import type { CdrRow } from './row.js';

export interface Group {
  rows: CdrRow[];
  firstAt: number;
  lastEnd: number;
  /** Place of its first row in the source. */
  place: string;
}

/** Rows of one call share a linkedid; a transfer can change that of a channel: rows of one uniqueid belong together too. */
export class Groups {
  private readonly byId = new Map<string, Group>();
  private readonly open = new Set<Group>();

  add(row: CdrRow): void {
    const found = new Set([`l${row.linkedid}`, `u${row.uniqueid}`].flatMap((id) => this.byId.get(id) ?? []));
    // The one opened first goes on: its place is where a killed import has to begin again.
    const [first, ...others] = found.size > 1 ? this.inOrder(found) : found;
    const group = first ?? { rows: [], firstAt: row.startedAt, lastEnd: row.endedAt, place: row.place };
    this.open.add(group);
    for (const other of others) this.merge(group, other);
    this.take(group, row);
  }

  private inOrder(found: ReadonlySet<Group>): Group[] {
    return [...this.open].filter((group) => found.has(group));
  }

  private take(group: Group, row: CdrRow): void {
    group.rows.push(row);
    group.firstAt = Math.min(group.firstAt, row.startedAt);
    group.lastEnd = Math.max(group.lastEnd, row.endedAt);
    this.byId.set(`l${row.linkedid}`, group);
    if (row.uniqueid !== '') this.byId.set(`u${row.uniqueid}`, group);
  }

  private merge(into: Group, other: Group): void {
    this.open.delete(other);
    for (const row of other.rows) this.take(into, row);
  }

  /** Takes out the groups whose last row had ended before `until` (ms). */
  closed(until: number): Group[] {
    const done = [...this.open].filter((group) => group.lastEnd < until);
    for (const group of done) {
      this.open.delete(group);
      for (const row of group.rows) {
        this.byId.delete(`l${row.linkedid}`);
        this.byId.delete(`u${row.uniqueid}`);
      }
    }
    return done;
  }

  /** The first row that is still waiting, in the order in which the groups were opened; null when none waits. */
  oldest(): Group | null {
    return this.open.values().next().value ?? null;
  }

  get size(): number {
    return this.open.size;
  }
}

/** What makes a row that row; written out, since a rest of an object costs more than all else in an import. */
export const keyOf = (row: CdrRow): string =>
  [
    row.uniqueid,
    row.linkedid,
    row.sequence,
    row.startedAt,
    row.duration,
    row.billsec,
    row.disposition,
    row.channel,
    row.dstchannel,
    row.app,
    row.data,
    row.src,
    row.dst,
    row.did,
    row.name,
  ].join('\n');

/** The same rows in any order give the same digest; one that changed gives another. */
export function digestOf(rows: readonly CdrRow[]): string {
  const keys = rows.map(keyOf);
  return createHash('sha1')
    .update((keys.length > 1 ? keys.sort() : keys).join('\n\n'))
    .digest('hex');
}
