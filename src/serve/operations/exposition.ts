// What is held elsewhere, as Prometheus reads it (text format 0.0.4). A value that is not known is not told: a zero would
// say that all is well.

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  value: number;
  labels?: Labels;
  /** Of a histogram: `_bucket`, `_sum`, `_count`. */
  suffix?: string;
}

export interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: readonly Sample[];
}

const quoted = (text: string) => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');

/** The families as text; those without a sample are left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) =>
      [`# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, ' ')}`, `# TYPE ${name} ${type}`]
        .concat(samples.map((sample) => lineOf(name, sample)))
        .join('\n'),
    )
    .map((family) => `${family}\n`)
    .join('\n');
}

function lineOf(name: string, { value, labels = {}, suffix = '' }: Sample): string {
  const all = Object.entries(labels).map(([key, text]) => `${key}="${quoted(text)}"`);
  return `${name}${suffix}${all.length > 0 ? `{${all.join(',')}}` : ''} ${value}`;
}

/** A family with one number, or with none when it is not known. */
export function one(type: 'counter' | 'gauge', name: string, help: string, value: number | null | undefined): Family {
  return { type, name, help, samples: value == null ? [] : [{ value }] };
}

/** A family with a number for each value of one label; null when they are not known. */
export function each(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>> | null,
): Family {
  const samples = Object.entries(values ?? {}).map(([key, value]) => ({ value, labels: { [label]: key } }));
  return { type, name, help, samples };
}

/** The samples of a histogram whose classes do not include each other; `counts` has one more than `bounds`. */
export function bucketsOf(
  labels: Labels,
  bounds: readonly number[],
  { counts, sum }: { counts: readonly number[]; sum: number },
): Sample[] {
  let below = 0;
  const buckets = [...bounds.map(String), '+Inf'].map((le, i): Sample => {
    below += counts[i] ?? 0;
    return { suffix: '_bucket', labels: { ...labels, le }, value: below };
  });
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: below }];
}
