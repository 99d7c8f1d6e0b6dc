// A configuration file: lines `NAME=value`, `#` comments. The same form as an EnvironmentFile of systemd.

export interface FileLine {
  name: string;
  value: string;
  /** `file:line`, for messages. */
  place: string;
}

/** Splits the text of a file into its settings; what can't be read goes into `problems`. */
export function parseConfigFile(text: string, file: string): { lines: FileLine[]; problems: string[] } {
  const lines: FileLine[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const place = `${file}:${index + 1}`;
    const found = /^([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line);
    if (found === null) {
      // The line itself is not repeated: it may hold a secret.
      problems.push(`${place}: the line is not NAME=value`);
      continue;
    }
    const [, name = '', value = ''] = found;
    const before = lines.find((one) => one.name === name);
    if (before === undefined) lines.push({ name, value: unquote(value.trim()), place });
    else problems.push(`${place}: ${name} stands already at ${before.place}; keep one of the two`);
  }
  return { lines, problems };
}

const unquote = (value: string) => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
