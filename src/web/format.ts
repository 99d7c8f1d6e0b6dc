// Pure. How times, numbers and phone numbers are written. `public/js/duration.js` ticks with the same form.

export const DASH = '—';

/** A running time, ms: `0:07`, `12:34`, `1:02:03`. A start in the future (clocks differ) counts as now. */
export function running(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** What is left of a time, ms: whole seconds still to come, so that `0:00` means that it is over. */
export const remaining = (ms: number): string => running(Math.ceil(Math.max(0, ms) / 1000) * 1000);

/** A length of time in words, ms: `8 s`, `34 min`, `1 h 21 min`. */
export function inWords(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return s % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${s % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Seconds as a running time; a dash without data. */
export const seconds = (s: number | null): string => (s === null ? DASH : running(s * 1000));

/** A share in whole percent. Only a true 100 or 0 is written so. */
export function percent(value: number): string {
  if (value > 99 && value < 100) return '99';
  if (value > 0 && value < 1) return '1';
  return String(Math.round(value));
}

const GROUPS: [RegExp, string][] = [
  [/^(\+?998)(\d\d)(\d{3})(\d\d)(\d\d)$/, '$1 $2 $3 $4 $5'],
  [/^(\+7)(\d{3})(\d{3})(\d\d)(\d\d)$/, '$1 $2 $3 $4 $5'],
  [/^(\+1)(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3 $4'],
  [/^(\d{3})(\d{4})$/, '$1-$2'],
];

/** A phone number in its region's groups: `+998 00 123 14 07`, `555-0142`. Unknown forms stay as they are. */
export function phone(number: string): string {
  for (const [form, groups] of GROUPS) if (form.test(number)) return number.replace(form, groups);
  return number;
}

/** A phone number with its middle hidden: `+998 00 ••• 14 07`, `555-••42`. Inside numbers (six digits or fewer) stay. */
export function maskedPhone(number: string): string {
  const text = phone(number);
  const digits = text.replace(/\D/g, '').length;
  if (digits < 7) return text;
  const [hidden, shown] = digits >= 9 ? [3, 4] : [2, 2];
  let left = digits;
  return text.replace(/\d/g, (digit) => {
    left--;
    return left >= shown && left < shown + hidden ? '•' : digit;
  });
}

/** Writes each phone number inside a sentence as `write` does; dates and short numbers stay. */
export const phonesIn = (sentence: string, write: (number: string) => string): string =>
  sentence.replace(/(?<![\d.:])\+?\d{7,15}(?![\d.:])/g, write);

/** A caller's name as `write` shows numbers: carriers send the number as the name, too, and people write it with spaces. */
export function nameIn(name: string, write: (number: string) => string): string {
  const bare = name.replace(/[\s().-]/g, '');
  return /^\+?\d{7,15}$/.test(bare) ? write(bare) : phonesIn(name, write);
}

/** Address of a call's story. */
export const storyPath = (call: string): string =>
  // Half of a pair of UTF-16 has no address, and would throw.
  `/calls/${encodeURIComponent(Buffer.from(call).toString())}`;

/** Two letters for a round picture: `Aziza Karimova` → `AK`. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = (word: string | undefined) => (word === undefined ? '' : ([...word][0] ?? ''));
  return `${first(words[0])}${first(words[1])}`.toUpperCase();
}

/** Writers of a moment in one time zone: `14:32`, `14:32:08`, `14:32:08.250`, `Thu 15 Jan 2026`. */
export function clocks(timeZone: string): Record<'minute' | 'second' | 'exact' | 'date', (at: number) => string> {
  const form = (second: boolean) =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
      ...(second ? { second: '2-digit' } : {}),
    });
  const [minute, second] = [form(false), form(true)];
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  });
  return {
    minute: (at) => minute.format(at),
    second: (at) => second.format(at),
    exact: (at) => `${second.format(at)}.${String(((at % 1000) + 1000) % 1000).padStart(3, '0')}`,
    date: (at) => day.format(at).replace(',', ''),
  };
}
