// Thousands of pages ask once a second, and what each of them needs from the database is one row. One query brings the
// rows of all who ask at the same time.

/** Keys in one query at most. */
const MOST = 500;

interface Asked<V> {
  resolve(value: V | null): void;
  reject(error: unknown): void;
}

/**
 * Makes a question for many keys one for each key; null where the answer has none. While a query runs, who asks waits
 * for the next one: an answer is never older than the question. A query that fails fails for all who are in it.
 */
export function gathered<K, V>(ask: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>): (key: K) => Promise<V | null> {
  let waiting = new Map<K, Asked<V>[]>();
  let running = false;

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      const all = [...waiting];
      const now = all.slice(0, MOST);
      waiting = new Map(all.slice(MOST));
      try {
        const found = await ask(now.map(([key]) => key));
        for (const [key, askers] of now) for (const one of askers) one.resolve(found.get(key) ?? null);
      } catch (error) {
        for (const [, askers] of now) for (const one of askers) one.reject(error);
      }
    }
    running = false;
  }

  return (key) =>
    new Promise<V | null>((resolve, reject) => {
      const askers = waiting.get(key);
      if (askers) askers.push({ resolve, reject });
      else waiting.set(key, [{ resolve, reject }]);
      if (running) return;
      running = true;
      // Those who come in the same turn come along. It never rejects: each failure went to who asked.
      setImmediate(() => void run());
    });
}
