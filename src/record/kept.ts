// Lines that the journal could not take: the disk is full, or broken. They were not confirmed, so the dialplan spools them too
// if it can; they are kept in memory until there is room, and counted exactly when even that runs out.
const ID = /(?:^|&)id=([^&]+)/;

export interface Kept {
  /** Keeps a record for later; when there is no room for it, it is dropped and counted. */
  add(text: string, line: string): void;
  /** Hands over what is kept, oldest first, up to `bytes`; give it back by `putBack` when it could not be written after all. */
  take(bytes: number): string[];
  putBack(texts: readonly string[]): void;
  /** The dialplan brought this line by its spool file: if it was counted as dropped, it is not any more. */
  arrived(line: string): void;
  /** Records in memory now, and those that nobody has any more, since the start; when the last was dropped, ms. */
  count(): { kept: number; dropped: number; droppedAt: number | null };
}

/** Ids remembered of dropped lines, so that those which the spool brings are taken off the count again. */
const DROPPED_IDS = 200_000;

/** Room for `room` bytes of records. */
export function keepInMemory(room: number, now: () => number = Date.now): Kept {
  let queue: string[] = [];
  let used = 0;
  let dropped = 0;
  let droppedAt: number | null = null;
  const ids = new Set<string>();
  return {
    add(text, line) {
      if (used + text.length <= room) {
        queue.push(text);
        used += text.length;
        return;
      }
      dropped += 1;
      droppedAt = now();
      const id = ID.exec(line)?.[1];
      if (id !== undefined && ids.size < DROPPED_IDS) ids.add(id);
    },
    take(bytes) {
      let size = 0;
      let n = 0;
      while (n < queue.length && (n === 0 || size + (queue[n]?.length ?? 0) <= bytes)) {
        size += queue[n]?.length ?? 0;
        n += 1;
      }
      const taken = queue.slice(0, n);
      queue = queue.slice(n);
      used -= size;
      return taken;
    },
    putBack(texts) {
      queue = [...texts, ...queue];
      used += texts.reduce((sum, text) => sum + text.length, 0);
    },
    arrived(line) {
      if (ids.size === 0) return;
      const id = ID.exec(line)?.[1];
      if (id !== undefined && ids.delete(id)) dropped -= 1;
    },
    count: () => ({ kept: queue.length, dropped, droppedAt: dropped === 0 ? null : droppedAt }),
  };
}
