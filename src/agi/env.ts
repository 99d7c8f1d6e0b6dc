// What Asterisk says before the blank line. Callers control some of its text, and a newline in a value makes lines
// of its own: only agi_* counts, and the first value of a key is the one that Asterisk wrote.

/** Query string as fastagi.io gives it: repeated keys become arrays. */
export type AgiParams = Record<string, string | string[]>;

const KEY = /^agi_[a-z0-9_]{1,64}$/;

/**
 * All agi_* lines of the environment. Values keep their spaces; the first value of a key wins. Asterisk writes the
 * arguments behind everything else, so an agi_arg_N before the last agi_threadid came in through a caller's name.
 */
export function readEnv(header: string): ReadonlyMap<string, string> {
  const env = new Map<string, string>();
  const lines = header.split('\n');
  const fixed = lines.findLastIndex((line) => line.startsWith('agi_threadid:'));
  for (const [i, line] of lines.entries()) {
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    if (colon < 1 || !KEY.test(key) || env.has(key)) continue;
    if (i > fixed || !key.startsWith('agi_arg_')) env.set(key, valueAfter(line, colon));
  }
  return env;
}

/** agi_arg_1, agi_arg_2, … up to the first one missing. */
export function readArgs(env: ReadonlyMap<string, string>): string[] {
  const args: string[] = [];
  for (let n = 1; ; n++) {
    const value = env.get(`agi_arg_${n}`);
    if (value === undefined) return args;
    args.push(value);
  }
}

/** Path (percent signs as sent) and query of the request; null when there is none. Reads no further than it must. */
export function readRequest(header: string): { path: string; query: string } | null {
  const request = firstValue(header, 'agi_request');
  if (request === null) return null;
  const scheme = request.indexOf('://');
  const slash = request.indexOf('/', scheme < 0 ? 0 : scheme + 3);
  const mark = request.indexOf('?');
  const end = mark < 0 ? request.length : mark;
  const path = slash < 0 || slash > end ? '/' : request.slice(slash, end);
  return { path, query: mark < 0 ? '' : request.slice(mark + 1) };
}

/** Decodes a query string; a bad percent escape stays as it is. */
export function readParams(query: string): AgiParams {
  const params: AgiParams = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const had = Object.hasOwn(params, key) ? params[key] : undefined;
    // Assigning a text to __proto__ does nothing, and only own keys are ever looked at.
    if (had === undefined) params[key] = value;
    else if (Array.isArray(had)) had.push(value);
    else params[key] = [had, value];
  }
  return params;
}

/** Value of the first line that starts with `key:`; null when there is none. */
export function firstValue(header: string, key: string): string | null {
  const label = `${key}:`;
  let at = header.indexOf(label);
  while (at > 0 && header.charCodeAt(at - 1) !== 10) at = header.indexOf(label, at + 1);
  if (at < 0) return null;
  const end = header.indexOf('\n', at);
  return valueAfter(header.slice(at, end < 0 ? undefined : end), key.length);
}

function valueAfter(line: string, colon: number): string {
  const start = line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
  return line.slice(start, line.endsWith('\r') ? -1 : undefined);
}
