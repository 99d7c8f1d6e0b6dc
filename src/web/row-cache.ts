// Rows as they were rendered, by what they say.

/** Of these the old ones are forgotten: far more rows than all lists of all who watch have at a time. */
const MOST = 2_000;

/**
 * Makes a memory of texts: `make` is asked for what is not known. Two ages of it: when the young one is full, it becomes
 * the old one, and what was asked for in neither since then is gone.
 */
export function rowCache(most: number = MOST): (key: string, make: () => string) => string {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return (key, make) => {
    const found = young.get(key);
    if (found !== undefined) return found;
    const text = old.get(key) ?? make();
    if (young.size >= most) {
      old = young;
      young = new Map();
    }
    young.set(key, text);
    return text;
  };
}
