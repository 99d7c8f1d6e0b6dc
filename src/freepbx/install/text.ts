// Pure. Our lines in a file of the site: put in, and taken out again so that what is left is the site's, byte for byte.
// Texts are latin1 readings of the bytes: whatever encoding the site uses, no byte changes.

export interface Line {
  text: string;
  /** `\n`, `\r\n`, or '' for a last line that is not ended. */
  end: string;
}

/** Ends each line of ours that is not an #include. FreePBX reads names from #include lines, so those carry no mark. */
export const MARK = ' ; dialhook';
/** Stands before a line of the site that one of ours replaces, so that it can come back as it was. */
const KEEPS = ';dialhook keeps: ';
/** The line of the lists as people write it by hand: doubled it is a complaint for each number, left behind it runs a script that is gone. */
const LISTS_LINE = /^#exec\s+\/bin\/sh\s+\S*\/dialhook\/exec\/dialhook-lists\.sh(\s|$)/;
const ours = (text: string) => text.endsWith(MARK) || LISTS_LINE.test(text);

export const split = (text: string): Line[] =>
  [...text.matchAll(/([^\n]*?)(\r?\n|$)/g)]
    .map(([, line = '', end = '']) => ({ text: line, end }))
    .filter(({ text: line, end }) => line !== '' || end !== '');

export const join = (lines: readonly Line[]): string => lines.map(({ text, end }) => text + end).join('');

/** The lines with `texts` put in before line `at`; a last line that was not ended stays the one that is not ended. */
export function insert(lines: readonly Line[], at: number, texts: readonly string[]): Line[] {
  const end = lines[0]?.end || '\n';
  const before = lines.slice(0, at);
  const made = texts.map((text) => ({ text, end }));
  const last = before.at(-1);
  const open = at === lines.length && last !== undefined && last.end === '';
  if (!open) return [...before, ...made, ...lines.slice(at)];
  const tail = made.pop();
  return [...before.slice(0, -1), { ...last, end }, ...made, ...(tail === undefined ? [] : [{ ...tail, end: '' }])];
}

/** Where the first line stands that is neither blank nor a comment; the end when there is none. */
export function firstReal(lines: readonly Line[]): number {
  const at = lines.findIndex(({ text }) => text.trim() !== '' && !text.trimStart().startsWith(';'));
  return at < 0 ? lines.length : at;
}

export type Place = 'first' | 'last' | { after: string };

/** Puts one include line in; `after` is a section's header, such as `[globals]`. */
export function addInclude(text: string, include: string, place: Place): string {
  const lines = split(text);
  if (place === 'last') return join(insert(lines, lines.length, [include]));
  if (place === 'first') return join(insert(lines, firstReal(lines), [include]));
  const header = lines.findIndex((line) => line.text.trimStart().startsWith(place.after));
  return join(insert(lines, header + 1, [include]));
}

/** The line that keeps a site's line, and the one that stands in for it. */
export const replaced = (original: string, by: string): string[] => [KEEPS + original, by + MARK];

/** Takes out every line of ours: the includes named, those that end with our mark; what we kept comes back. */
export function takeOut(text: string, includes: readonly string[]): string {
  const kept: Line[] = [];
  for (const line of split(text)) {
    const bare = line.text.trimEnd();
    if (bare.startsWith(KEEPS)) kept.push({ text: line.text.slice(KEEPS.length), end: line.end });
    else if (!ours(bare) && !includes.includes(bare)) kept.push(line);
    else if (line.end === '' && kept.length > 0) {
      const last = kept.pop();
      if (last !== undefined) kept.push({ ...last, end: '' });
    }
  }
  return join(kept);
}

/** Whether any line of ours is in it. */
export const holdsOurs = (text: string, includes: readonly string[]): boolean => takeOut(text, includes) !== text;
