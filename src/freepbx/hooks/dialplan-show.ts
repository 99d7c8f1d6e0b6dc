// Pure. What `dialplan show` prints, read back: which contexts there are, and for each priority the file and line that won it.
// Asterisk keeps the first registration of an extension and priority, so this print is the only proof of who was first.

export interface Priority {
  n: number;
  /** Empty for most. */
  label: string;
  app: string;
  /** What stands in its brackets. */
  data: string;
  /** The file as Asterisk names it; the registrar (`res_parking`) where no file wrote it. */
  file: string;
  /** Null where no file wrote it. */
  line: number | null;
}

export interface Extension {
  pattern: string;
  /** Empty unless it matches some callers only. */
  cidMatch: string;
  /** Empty unless it is one. */
  hint: string;
  priorities: Priority[];
}

export interface Context {
  name: string;
  extensions: Extension[];
  /** In the order in which Asterisk searches them. */
  includes: string[];
}

const HEAD = /^\[ (?:Included c|C)ontext '(.*)' created by '.*' \]$/;
const EXTENSION = /^ {2}'(.*?)' (?:\(CID match '(.*)'\) )?=> +(.*)$/;
const INCLUDE = /^ {2}Include => +'(.*)' +\[.*\]$/;
const PRIORITY = /^(?: +\[(.*?)\])? *(\d+)\. (.*)$/;
const PLACE = /^(.*?) +\[([^[\]]*)\]$/s;

/**
 * The contexts of a print of `dialplan show`, or of `dialplan show CONTEXT`, by name. Lines that are none of it (prompts, "-= 3
 * extensions =-", "There is no existence of …") are passed over, so an empty map says that there is no such context.
 */
export function parseDialplanShow(text: string): Map<string, Context> {
  const contexts = new Map<string, Context>();
  let context: Context | null = null;
  for (const line of text.split(/\r?\n/)) {
    const name = HEAD.exec(line)?.[1];
    if (name !== undefined) {
      context = { name, extensions: [], includes: [] };
      contexts.set(name, context);
    } else if (context !== null) readLine(context, line);
  }
  return contexts;
}

function readLine(context: Context, line: string): void {
  const include = INCLUDE.exec(line)?.[1];
  if (include !== undefined) {
    context.includes.push(include);
    return;
  }
  const [, pattern, cidMatch = '', rest = ''] = EXTENSION.exec(line) ?? [];
  if (pattern === undefined) {
    readPriority(context.extensions.at(-1), line);
    return;
  }
  const hint = /^hint: (.*?) +\[[^[\]]*\]$/.exec(rest)?.[1] ?? '';
  context.extensions.push({ pattern, cidMatch, hint, priorities: [] });
  readPriority(context.extensions.at(-1), rest);
}

function readPriority(extension: Extension | undefined, text: string): void {
  const [, label = '', n, rest = ''] = PRIORITY.exec(text) ?? [];
  if (extension === undefined || n === undefined) return;
  const [, call = rest, place = ''] = PLACE.exec(rest) ?? [];
  const [, app = call, data = ''] = /^([^(]*)\((.*)\)$/s.exec(call) ?? [];
  const [, file = place, line] = /^(.*):(\d+)$/.exec(place) ?? [];
  extension.priorities.push({ n: Number(n), label, app, data, file, line: line === undefined ? null : Number(line) });
}

/** The extension of a context by its pattern as it is written; undefined when there is none. */
export const extensionOf = (context: Context | undefined, pattern: string): Extension | undefined =>
  context?.extensions.find((one) => one.pattern === pattern && one.cidMatch === '' && one.priorities.length > 0);
