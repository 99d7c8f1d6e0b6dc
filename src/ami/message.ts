/** One response or event of the PBX. Keys are read without regard to case; the first value of a repeated key counts. */
export interface AmiMessage {
  get(key: string): string | undefined;
  getAll(key: string): string[];
}

/**
 * Copies an item of asterisk-manager into a map of lists, so that no key (`__proto__`, `constructor`) means anything.
 * `Variable` and `ChanVariable` come from the package as an object: they become `NAME=value`, or `NAME` without a value.
 */
export function readMessage(item: object): AmiMessage {
  const values = new Map<string, string[]>();
  for (const [key, value] of Object.entries(item)) values.set(key.toLowerCase(), flatten(value));
  // A header named __proto__ replaces the item's prototype by an array that holds its values.
  const prototype: unknown = Object.getPrototypeOf(item);
  if (Array.isArray(prototype)) values.set('__proto__', flatten(prototype));
  return {
    get: (key) => values.get(key.toLowerCase())?.[0],
    getAll: (key) => [...(values.get(key.toLowerCase()) ?? [])],
  };
}

/** Strings only: a repeated `constructor` brings a function along. */
function flatten(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, text]) => (text === '' ? name : `${name}=${String(text)}`));
}
