// Pure. Texts of foreign tables and files: whatever their bytes are, what comes out fits into our columns.

/** Decodes bytes as UTF-8 or, when they are none, byte by byte as Latin-1, which old tables and phones still send. */
export function decode(bytes: Uint8Array): { text: string; latin1: boolean } {
  try {
    return { text: STRICT.decode(bytes), latin1: false };
  } catch {
    return { text: Buffer.from(bytes).toString('latin1'), latin1: true };
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true });

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what goes
const CONTROL = /[\u0000-\u001f\u007f]+/g;

/** One line without control characters, cut to `length` characters; never half of a character of two units. */
export function clean(text: string, length = 255): string {
  const line = /[^\u0020-\u007e]/.test(text) ? wellFormed(text.replace(CONTROL, ' ')) : text;
  const trimmed = line.trim();
  return trimmed.length <= length ? trimmed : [...trimmed].slice(0, length).join('');
}

/** Half of a character of two units becomes a question mark in a box, which every database takes. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** An id of Asterisk (uniqueid, linkedid): printable ASCII without spaces; empty for anything else. */
export const idOf = (text: string): string => (/^[\x21-\x7e]{1,120}$/.test(text) ? text : '');

/** The name and the number of a caller id such as `"Anna" <101>`. */
export function callerOf(clid: string): { name: string; number: string } {
  const found = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(clid);
  return found ? { name: (found[1] ?? '').trim(), number: (found[2] ?? '').trim() } : { name: '', number: clid.trim() };
}

/** Whose channel it is: `PJSIP/101-0000001a` is 101, `Local/101@from-queue-00000001;1` is 101, `DAHDI/i1/5550101-3` is i1. */
export function endpointOf(channel: string): string {
  const name = /^[A-Za-z0-9_]+\/([^/]*)/.exec(channel)?.[1] ?? channel;
  return clean(
    channel.startsWith('Local/') ? name.replace(/@.*$/, '') : name.replace(/-[0-9a-f]+(?:;[12])?$/i, ''),
    80,
  );
}

/** Whose phone a queue means: `PJSIP/101`, `Local/101@from-queue/n`, `Agent/101`, or a name that stands for itself. */
export const memberOf = (agent: string): string =>
  clean(/^[A-Za-z0-9_]+\//.test(agent) ? agent.replace(/^[A-Za-z0-9_]+\//, '').replace(/[@/].*$/, '') : agent, 80);

/** When Asterisk made the id, ms since the epoch, from the seconds in it: `1366720340.3`, `pbx1-1366720340.3`; null when it holds none. */
export function bornOf(id: string): number | null {
  const seconds = Number(/(?:^|-)(\d{9,10})\.\d+$/.exec(id)?.[1] ?? Number.NaN);
  return seconds > 315_532_800 ? seconds * 1000 : null;
}
