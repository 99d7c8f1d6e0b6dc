// What is worth a line once in a while, however often it happens.

export interface SeldomOptions {
  /** For so long the same is no news, ms. */
  forMs: number;
  now(): number;
  /** Keys that are remembered at most; then all are forgotten, and each is told once more. */
  most?: number;
}

/** Whether a key is news: true the first time, and again when its time is over. */
export function seldom({ forMs, now, most = 10_000 }: SeldomOptions): (key: string) => boolean {
  const since = new Map<string, number>();
  return (key) => {
    const at = now();
    const before = since.get(key);
    if (before !== undefined && at - before < forMs) return false;
    if (since.size >= most) since.clear();
    since.set(key, at);
    return true;
  };
}
