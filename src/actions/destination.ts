/** Whether a number may be called, and if not, why in words for the person who clicked. */
export type DestinationRule = (number: string) => { allowed: boolean; why: string };

export interface DestinationOptions {
  /** Countries that may be called, as prefixes: `998`, `+44` or `0044`. None by default. */
  international?: readonly string[];
}

const INTERNATIONAL = /^(?:\+|00)/;

/**
 * The first fence against toll fraud: a number that starts with `+` or `00` must continue with an allowed prefix.
 * Everything else is left to the site's own outbound context, which knows its trunks and codes.
 */
export function destinationRule(options: DestinationOptions = {}): DestinationRule {
  const allowed = (options.international ?? []).map((prefix) => prefix.replace(INTERNATIONAL, ''));
  if (allowed.some((prefix) => !/^[0-9]{1,15}$/.test(prefix))) {
    throw new RangeError(`international prefixes are digits, with or without + or 00; got ${allowed.join(', ')}`);
  }
  return (number) => {
    if (!INTERNATIONAL.test(number)) return { allowed: true, why: '' };
    const rest = number.replace(INTERNATIONAL, '');
    if (allowed.some((prefix) => rest.startsWith(prefix))) return { allowed: true, why: '' };
    return { allowed: false, why: 'Calls abroad to this number are not allowed here.' };
  };
}
