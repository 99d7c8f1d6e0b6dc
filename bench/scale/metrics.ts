// What a server says at /metrics, as numbers.

export interface Metrics {
  /** Sum of the samples of a name, or of those whose labels match. */
  sum(name: string, labels?: RegExp): number;
  /** The one sample of a name; 0 when it is not told. */
  one(name: string): number;
  samples(name: string): { labels: string; value: number }[];
}

export async function metricsOf(url: string): Promise<Metrics> {
  const text = await (await fetch(url)).text();
  const all = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    ...{ name, labels, value: Number(value) },
  }));
  const samples = (wanted: string) => all.filter(({ name }) => name === wanted);
  const sum = (name: string, labels = /^/) =>
    samples(name).reduce((total, one) => (labels.test(one.labels) ? total + one.value : total), 0);
  return { samples, sum, one: sum };
}

/** The bound of the histogram's bucket, ms, that 99 of 100 event hooks between two looks did not exceed. */
export function p99Of(from: Metrics, to: Metrics): string {
  const name = 'dialhook_hook_seconds_bucket';
  const before = new Map(from.samples(name).map(({ labels, value }) => [labels, value]));
  const buckets = to
    .samples(name)
    .filter(({ labels }) => /path="\/?event"/.test(labels))
    .map(({ labels, value }) => ({
      bound: /le="([^"]+)"/.exec(labels)?.[1] ?? '',
      count: value - (before.get(labels) ?? 0),
    }))
    .sort((a, b) => limit(a.bound) - limit(b.bound));
  const total = buckets.at(-1)?.count ?? 0;
  const found = buckets.find(({ count }) => count >= total * 0.99)?.bound ?? '';
  return found === '+Inf' || found === '' ? found : String(Math.round(Number(found) * 10_000) / 10);
}

const limit = (bound: string) => (bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound));
