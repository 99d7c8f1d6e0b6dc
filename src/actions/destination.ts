// Pure. The first fence against toll fraud: where to, and when. What it costs is in spending.ts, how often in perform.ts; the second
// fence is the dialplan's (dialhook-toll.conf), which holds for phones too.

/** Whether a number may be called at a moment (ms), and if not, why in words for the person who clicked. */
export type DestinationRule = (number: string, now?: number) => { allowed: boolean; why: string };

export interface DestinationOptions {
  /** Countries that may be called, as prefixes: `998`, `+44` or `0044`. None by default. */
  international?: readonly string[];
  /** How a number that leaves the country begins; `+` and `00` by default. */
  abroad?: readonly string[];
  /** Beginnings that may never be called, as dialled; one with `+` holds for every way to begin an international number. */
  denied?: readonly string[];
  /** Numbers up to so many digits are inside, or for emergencies: hours are not asked. */
  insideDigits?: number;
  /** When outside numbers may be called, in `timeZone`; none: always. */
  hours?: readonly { first: number; last: number; from: number; to: number }[];
  timeZone?: string;
}

const ABROAD = ['+', '00'];
const ALLOWED = { allowed: true, why: '' };

/** `0044…` and `+44…` as `+44…`; a number of this country as it is, digits only. */
export function dialledForm(number: string, abroad: readonly string[] = ABROAD): string {
  // The longest beginning first: 810 is no number that begins with 8.
  const way = [...abroad].sort((a, b) => b.length - a.length).find((one) => number.startsWith(one));
  const digits = number.slice(way?.length ?? 0).replace(/\D/g, '');
  return way === undefined ? digits : `+${digits}`;
}

/** Whether a number stays in the house. */
export const isInside = (number: string, insideDigits: number, abroad: readonly string[] = ABROAD): boolean =>
  !dialledForm(number, abroad).startsWith('+') && number.replace(/\D/g, '').length <= insideDigits;

/**
 * A number that leaves the country must continue with an allowed prefix, nothing denied is called, and outside numbers only within
 * the hours. Everything else is left to the site's own outbound context, which knows its trunks and codes.
 */
export function destinationRule(options: DestinationOptions = {}): DestinationRule {
  const { abroad = ABROAD, denied = [], insideDigits = 5, hours = [], timeZone = 'UTC' } = options;
  const allowed = (options.international ?? []).map((prefix) => prefix.replace(/^(?:\+|00)/, ''));
  if (allowed.some((prefix) => !/^[0-9]{1,15}$/.test(prefix)))
    throw new RangeError(`international prefixes are digits, with or without + or 00; got ${allowed.join(', ')}`);
  const open = hoursRule(hours, timeZone);
  return (number, now = 0) => {
    const form = dialledForm(number, abroad);
    const why = (text: string) => ({ allowed: false, why: text });
    if (form.startsWith('+') && !allowed.some((prefix) => form.startsWith(prefix, 1)))
      return why('Calls abroad to this number are not allowed here.');
    if (denied.some((one) => form.startsWith(one))) return why('Calls to this kind of number are not allowed here.');
    if (!isInside(number, insideDigits, abroad) && !open(now))
      return why('Outside calls are not allowed at this hour.');
    return ALLOWED;
  };
}

function hoursRule(hours: NonNullable<DestinationOptions['hours']>, timeZone: string): (now: number) => boolean {
  if (hours.length === 0) return () => true;
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  return (now) => {
    const part = Object.fromEntries(clock.formatToParts(now).map(({ type, value }) => [type, value]));
    const day = days.indexOf(part['weekday'] ?? '');
    const minute = Number(part['hour']) * 60 + Number(part['minute']);
    return hours.some((span) => day >= span.first && day <= span.last && minute >= span.from && minute < span.to);
  };
}
