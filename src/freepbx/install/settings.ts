// Our configuration file: what it says already stays; what is missing stands in a block of ours.
import { existsSync, readFileSync } from 'node:fs';
import { parseConfigFile } from '../../config/file.js';

const BEGIN = '# written by dialhook freepbx install; your own lines belong outside of this block';
const END = '# end of what dialhook freepbx install wrote';

/** The text without our block. */
export function withoutBlock(text: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) return text;
  const after = text.slice(to + END.length);
  // One line end before the block is ours: a blank line, or the end of a last line that had none.
  return text.slice(0, Math.max(0, from - 1)) + after.replace(/^\r?\n/, '');
}

/** Every name the file sets, ours included. */
export function settingsOf(text: string): Map<string, string> {
  return new Map(parseConfigFile(text, '').lines.map(({ name, value }) => [name, value]));
}

export const readSettings = (path: string): Map<string, string> =>
  settingsOf(existsSync(path) ? readFileSync(path, 'utf8') : '');

/**
 * The text with a block that sets what it does not set itself. A value that our block had before stays.
 * @param wanted by name; an empty value is left out
 */
export function withBlock(text: string, wanted: Readonly<Record<string, string>>): string {
  const base = withoutBlock(text);
  const [theirs, before] = [settingsOf(base), settingsOf(text)];
  const lines = Object.entries(wanted)
    .map(([name, value]) => [name, before.get(name) || value] as const)
    .filter(([name, value]) => value !== '' && !theirs.has(name))
    .map(([name, value]) => `${name}=${value}`);
  if (lines.length === 0) return base;
  const gap = base === '' ? '' : '\n';
  return `${base}${gap}${[BEGIN, ...lines, END].join('\n')}\n`;
}
