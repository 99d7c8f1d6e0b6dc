// Asterisk's configuration as Asterisk reads it: files in the order of their #include lines, section by section.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { split } from './text.js';

/** One line that says something, and where it stands. */
export interface Statement {
  /** Path below the configuration folder, or absolute for a file outside. */
  file: string;
  /** From 1. */
  line: number;
  section: string;
  text: string;
}

export interface Tree {
  statements: Statement[];
  /** Files that were read, in the order of the first reading. */
  files: string[];
  /** Every header, in order. */
  sections: { file: string; name: string }[];
  /** `#include` and `#tryinclude` lines, with what they name. */
  includes: { file: string; line: number; target: string; found: boolean }[];
}

/** A file that includes itself would be read for ever. */
const DEEPEST = 16;
const INCLUDE = /^\s*#(try)?include\s+(?:"([^"]+)"|<([^>]+)>|(\S+))/;
const SECTION = /^\s*\[([^\]]+)\]/;

/** Reads `name` and all it takes in. `instead` are texts that stand for files, by name, as they would be. */
export function readTree(etc: string, name: string, instead: ReadonlyMap<string, string> = new Map()): Tree {
  const tree: Tree = { statements: [], files: [], sections: [], includes: [] };
  readFile(etc, name, { tree, instead, section: { name: '' }, depth: 0 });
  return tree;
}

interface Reading {
  tree: Tree;
  instead: ReadonlyMap<string, string>;
  section: { name: string };
  depth: number;
}

export const pathOf = (etc: string, name: string) => (isAbsolute(name) ? name : join(etc, name));

function textOf(etc: string, name: string, instead: ReadonlyMap<string, string>): string | undefined {
  const given = instead.get(name);
  if (given !== undefined) return given;
  const path = pathOf(etc, name);
  return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
}

function readFile(etc: string, name: string, reading: Reading): boolean {
  const { tree, instead, depth } = reading;
  const text = textOf(etc, name, instead);
  if (text === undefined || depth > DEEPEST) return false;
  if (!tree.files.includes(name)) tree.files.push(name);
  let comment = false;
  // A section goes on after an #include in it, whatever sections the file taken in has.
  const section = { ...reading.section };
  for (const [index, line] of split(text).entries()) {
    if (line.text.startsWith(';--') && !line.text.startsWith(';---')) comment = !line.text.includes('--;');
    else if (comment) comment = !line.text.includes('--;');
    else readLine(etc, { name, line: index + 1, text: withoutComment(line.text) }, { ...reading, section });
  }
  return true;
}

function readLine(etc: string, at: { name: string; line: number; text: string }, reading: Reading): void {
  const { tree, section, depth } = reading;
  const include = INCLUDE.exec(at.text);
  const header = SECTION.exec(at.text)?.[1];
  if (include !== null) {
    const target = include[2] ?? include[3] ?? include[4] ?? '';
    const names = /[*?]/.test(target) ? matching(etc, target) : [target];
    const found = names.map((one) => readFile(etc, one, { ...reading, depth: depth + 1 })).includes(true);
    tree.includes.push({ file: at.name, line: at.line, target, found });
  } else if (header !== undefined) {
    section.name = header;
    tree.sections.push({ file: at.name, name: header });
  } else if (at.text.trim() !== '')
    tree.statements.push({ file: at.name, line: at.line, section: section.name, text: at.text.trim() });
}

/** `#include site.d/*.conf`: only the last part of the path may hold stars, as sites write it. */
function matching(etc: string, target: string): string[] {
  const [folder, last] = [dirname(target), basename(target)];
  const wanted = new RegExp(
    `^${last
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  if (!existsSync(pathOf(etc, folder))) return [];
  const found = readdirSync(pathOf(etc, folder)).filter((name) => wanted.test(name) && !name.startsWith('.'));
  return found.sort().map((name) => (folder === '.' ? name : join(folder, name)));
}

/** What stands before a comment; `\;` is a semicolon. */
export function withoutComment(text: string): string {
  const at = /(^|[^\\]);/.exec(text);
  return at === null ? text : text.slice(0, at.index + (at[1]?.length ?? 0));
}

/** The last value of a name in a section, as Asterisk takes it. */
export function settingOf(tree: Tree, section: string, name: string): string | undefined {
  const found = tree.statements
    .filter((one) => one.section === section)
    .map((one) => /^([^=>]+?)\s*=>?\s*(.*)$/.exec(one.text));
  return found.filter((one) => one?.[1]?.toLowerCase() === name.toLowerCase()).at(-1)?.[2];
}
