// Pure. A virtual clock and what is to happen when. Time is milliseconds since the story began.

export interface Agenda {
  now(): number;
  /** Puts an action down for `delay` ms from now; the answer takes it off again. */
  after(delay: number, action: () => void): () => void;
  /** When the next action is due; null when nothing is put down. */
  nextAt(): number | null;
  /** Carries out, in order, all that is due until `time`, what it puts down itself included. */
  run(time: number): void;
}

interface Entry {
  at: number;
  order: number;
  action: (() => void) | null;
}

export function createAgenda(): Agenda {
  const heap: Entry[] = [];
  let now = 0;
  let order = 0;
  const next = () => {
    while (heap[0] !== undefined && heap[0].action === null) pop(heap);
    return heap[0];
  };
  return {
    now: () => now,
    after(delay, action) {
      const entry: Entry = { at: now + Math.max(0, delay), order: order++, action };
      push(heap, entry);
      return () => {
        entry.action = null;
      };
    },
    nextAt: () => next()?.at ?? null,
    run(time) {
      for (let entry = next(); entry !== undefined && entry.at <= time; entry = next()) {
        pop(heap);
        now = entry.at;
        entry.action?.();
      }
      now = Math.max(now, time);
    },
  };
}

const before = (a: Entry | undefined, b: Entry | undefined) =>
  a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry);
  for (let i = heap.length - 1; i > 0; ) {
    const parent = (i - 1) >> 1;
    if (!before(heap[i], heap[parent])) return;
    swap(heap, i, parent);
    i = parent;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let i = 0; ; ) {
    const left = 2 * i + 1;
    const child = before(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!before(heap[child], heap[i])) return;
    swap(heap, i, child);
    i = child;
  }
}

function swap(heap: Entry[], i: number, j: number): void {
  const [a, b] = [heap[i], heap[j]];
  if (a === undefined || b === undefined) return;
  heap[i] = b;
  heap[j] = a;
}
