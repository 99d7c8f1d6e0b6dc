// Pure. What the fields of an event line may hold: one checker for each sort of value.
import { z } from 'zod';

/** Longest value of a field kept from outside (caller names, numbers), in characters. */
const MAX_TEXT = 255;

// Anything that comes from outside may hold control characters; they have no place in a row, a log or a page.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/g;
/** Without control characters and outer spaces. */
export const clean = (s: string): string => s.replace(CONTROL, ' ').trim();

/** Free text from outside, cut at 255 characters. */
export const text = z.string().transform((s) => clean(s).slice(0, MAX_TEXT));
export const optionalText = text.default('');
/** Ids are ours or Asterisk's: printable ASCII without spaces. */
export const id = z
  .string()
  .min(1, 'is empty')
  .max(190, 'is longer than 190 characters')
  .regex(/^[\x21-\x7e]+$/, 'has a character outside printable ASCII');
export const optionalId = z.union([z.literal(''), id]).default('');
/** A name or a word of the site: queue, endpoint, reason. */
export const word = z
  .string()
  .min(1, 'is empty')
  .max(80, 'is longer than 80 characters')
  .transform((s) => clean(s));
export const optionalWord = z.string().max(80, 'is longer than 80 characters').transform(clean).default('');
export const whole = z
  .string()
  .regex(/^-?\d{1,9}$/, 'is not a whole number')
  .transform(Number);
export const optionalWhole = z
  .union([z.literal('').transform(() => null), whole])
  .nullable()
  .default(null);
/** Seconds of the epoch with three decimals, as the dialplan's clock writes them; becomes milliseconds. */
export const instant = z
  .string()
  .regex(/^\d{9,11}\.\d{3}$/, 'is not seconds.milliseconds of the epoch')
  .transform((s) => Math.round(Number(s) * 1000));
/** Whole seconds of the epoch, as \${EPOCH} gives them; becomes milliseconds. */
export const second = z
  .string()
  .regex(/^\d{9,11}$/, 'is not whole seconds of the epoch')
  .transform((s) => Number(s) * 1000);
export const optionalSecond = z
  .union([z.literal('').transform(() => null), second])
  .nullable()
  .default(null);
/** Name of a PBX. */
export const pbxName = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'is not a name of 1 to 32 letters, digits, - or _');
