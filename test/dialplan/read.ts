// Reads the dialplan files as text, so that rules about them can be tested without an Asterisk.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const FOLDER = fileURLToPath(new URL('../../dialplan', import.meta.url));

/** One priority of an extension. */
export interface Step {
  file: string;
  line: number;
  context: string;
  exten: string;
  label: string;
  app: string;
  args: string;
}
export interface ConfFile {
  name: string;
  text: string;
}

/** Every *.conf of dialplan/ (or of a folder below it), by name. */
export function confFiles(below = ''): ConfFile[] {
  const folder = `${FOLDER}/${below}`;
  const names = readdirSync(folder).filter((name) => name.endsWith('.conf'));
  return names.sort().map((name) => ({ name: `${below}${name}`, text: readFileSync(`${folder}${name}`, 'utf8') }));
}

/** A line without its comment; `\;` is a semicolon of the value. */
export const code = (line: string) => line.replace(/(^|[^\\]);.*$/, '$1').trimEnd();

/**
 * The steps of extensions.conf-like files, in order.
 * @throws Error naming file and line when a line of an extension can't be read.
 */
export function readSteps(files: ConfFile[]): Step[] {
  const steps: Step[] = [];
  for (const { name, text } of files) {
    let context = '';
    let exten = '';
    for (const [index, raw] of text.split('\n').entries()) {
      const line = code(raw);
      context = /^\[([^\]]+)\]/.exec(line)?.[1] ?? context;
      const extended = /^\s*(?:exten => ([^,]+),1|same => n(?:\(([\w-]+)\))?),(\w+)(?:\((.*)\))?$/.exec(line);
      if (/^\s*(exten|same) =>/.test(line) && !extended) throw new Error(`${name}:${index + 1} can't be read: ${raw}`);
      if (!extended) continue;
      exten = extended[1] ?? exten;
      const [, , label = '', app = '', args = ''] = extended;
      steps.push({ file: name, line: index + 1, context, exten, label, app, args });
    }
  }
  return steps;
}

/** Splits at a character outside brackets, braces and quotes, as Asterisk's applications do. */
export function split(text: string, at: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const c of text) {
    if (c === '"') quoted = !quoted;
    if (!quoted && '([{'.includes(c)) depth++;
    if (!quoted && ')]}'.includes(c)) depth--;
    if (c === at && depth === 0 && !quoted) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts;
}

export const where = (step: Step) => `${step.file}:${step.line}`;
