// The one choke point for what leaves: nothing reaches the socket that could become a header, an action or a function.
import { AmiError } from './error.js';

export type AmiValue = string | number | boolean | undefined;
/** Fields of an action beside its name; undefined ones are left out. `Variable` takes a record: one header line each. */
export type AmiFields = Readonly<Record<string, AmiValue | Readonly<Record<string, AmiValue>>>>;
/** Fields that may be sent as they are. */
export type CheckedFields = Record<string, string | Record<string, string>>;

/** Asterisk 16 and 22 refuse a longer line ("line too long" from 1,023 bytes on), and more than 128 lines. */
const MAX_LINE_BYTES = 1000;
const MAX_LINES = 120;
/** The action's own two lines. */
const RESERVED = ['action', 'actionid'];

/**
 * Checks an action before it is sent. Throws AmiError `unsafe` that names the key, never the value:
 * CR, LF or NUL anywhere, a key that is no header name, the same key twice, a line or an action that Asterisk would refuse;
 * in variables also a name that is no plain name (Asterisk would run `FILE(…)=` as a function) and `,` `"` `\` in the
 * value (Asterisk splits at the comma and eats the others).
 */
export function checkFields(action: string, fields: AmiFields): CheckedFields {
  if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(action)) throw unsafe('Action', 'is no action name');
  const checked: CheckedFields = Object.create(null);
  const seen = new Set(RESERVED);
  let lines = RESERVED.length;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    checkKey(key, seen);
    checked[key] = typeof value === 'object' ? checkVariables(key, value) : checkValue(key, key, value);
    lines += typeof value === 'object' ? Object.keys(value).length : 1;
  }
  if (lines > MAX_LINES) throw unsafe('Variable', `makes more than ${MAX_LINES} lines`);
  return checked;
}

function checkKey(key: string, seen: Set<string>): void {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(key)) throw unsafe(key, 'is no header name');
  if (seen.has(key.toLowerCase())) throw unsafe(key, 'is set twice or belongs to the connection');
  seen.add(key.toLowerCase());
}

function checkVariables(key: string, variables: Readonly<Record<string, AmiValue>>): Record<string, string> {
  if (key.toLowerCase() !== 'variable') throw unsafe(key, 'takes one value');
  const checked: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) continue;
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,79}$/.test(name)) throw unsafe(name, 'is no variable name');
    checked[name] = checkValue(name, `${key}: ${name}=`, value);
    if (/[,"\\]/.test(checked[name])) throw unsafe(name, 'holds a comma, a quote or a backslash');
  }
  return checked;
}

function checkValue(key: string, line: string, value: string | number | boolean): string {
  const text = String(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what is looked for
  if (/[\r\n\u0000]/.test(text)) throw unsafe(key, 'holds a line break or a NUL');
  if (Buffer.byteLength(`${line}: ${text}`) > MAX_LINE_BYTES)
    throw unsafe(key, `is longer than ${MAX_LINE_BYTES} bytes`);
  return text;
}

/** A key may be the attack itself, so it is shown as JSON and cut. */
const unsafe = (key: string, why: string) => new AmiError('unsafe', `${JSON.stringify(key.slice(0, 64))} ${why}`);
