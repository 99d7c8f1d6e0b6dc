// Options against toll fraud: where a click may call to, when, how often, and for how much. `dialhook toll globals` writes the same
// rule for the dialplan, which holds it against the phones.
import { type Kind, whole } from './kinds.js';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** From `first` to `last` of the week, minutes of the day; `to` is no longer within. */
export interface OpenHours {
  first: number;
  last: number;
  from: number;
  to: number;
}

export interface Price {
  /** As numbers begin when they are dialled; `+` stands for every way to begin an international number. */
  prefix: string;
  /** For each begun minute. */
  perMinute: number;
  /** Most that calls of this prefix may cost in a day; null: no such cap. */
  cap: number | null;
}

const list = (value: string) =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** All of a list, or undefined when one of it is wrong. */
function each<T>(value: string, read: (one: string) => T | undefined): T[] | undefined {
  const all = list(value).map(read);
  return all.some((one) => one === undefined) ? undefined : (all as T[]);
}

const DIALLED = /^\+?[0-9]{1,15}$/;
const AMOUNT = /^\d{1,9}(\.\d{1,4})?$/;

export const beginnings: Kind<string[]> = {
  what: 'beginnings of a number, + or digits, joined by commas',
  read: (value) => each(value, (one) => (/^(\+|[0-9]{1,6})$/.test(one) ? one : undefined)),
};

export const dialledPrefixes: Kind<string[]> = {
  what: 'beginnings such as 0900 or +7900, joined by commas, or empty',
  read: (value) => each(value, (one) => (DIALLED.test(one) ? one : undefined)),
};

export const openHours: Kind<OpenHours[]> = {
  what: 'hours such as mon-fri 08:00-20:00, sat 09:00-14:00 (a span ends on its own day), or empty: always',
  read: (value) =>
    each(value.toLowerCase(), (one) => {
      const [, first = '', last = first, from = '', to = ''] =
        /^([a-z]{3})(?:-([a-z]{3}))? +(\d\d:\d\d)-(\d\d:\d\d)$/.exec(one) ?? [];
      const days = [first, last].map((day) => (DAYS as readonly string[]).indexOf(day));
      const [a = -1, b = -1] = days;
      const [start, end] = [minutesOf(from), minutesOf(to)];
      return a < 0 || b < a || !(start < end && end <= 1440) ? undefined : { first: a, last: b, from: start, to: end };
    }),
};

function minutesOf(clock: string): number {
  const [hours = Number.NaN, minutes = Number.NaN] = clock.split(':').map(Number);
  return minutes < 60 ? hours * 60 + minutes : Number.NaN;
}

export const prices: Kind<Price[]> = {
  what: 'prices of a minute by beginning, with a cap for the day where wanted: +7=0.35/20, 0900=1.5, joined by commas, or empty',
  read: (value) => {
    const all = each(value, (one): Price | undefined => {
      const [, prefix = '', perMinute = '', cap] = /^([^=]+)=([^/]+)(?:\/(.+))?$/.exec(one) ?? [];
      if (!DIALLED.test(prefix) || !AMOUNT.test(perMinute) || (cap !== undefined && !AMOUNT.test(cap)))
        return undefined;
      return { prefix, perMinute: Number(perMinute), cap: cap === undefined ? null : Number(cap) };
    });
    return all !== undefined && new Set(all.map((one) => one.prefix)).size === all.length ? all : undefined;
  },
};

export const amount: Kind<number | null> = {
  what: 'an amount such as 50 or 49.90, or empty: none',
  read: (value) => (value === '' ? null : AMOUNT.test(value) ? Number(value) : undefined),
};

const option = <T>(env: string, kind: Kind<T>, fallback: string, help: string) => ({
  ...{ env: `DIALHOOK_${env}`, kind, fallback, help, secret: false },
});

export const TOLL_OPTIONS = {
  callAbroad: option('CALL_ABROAD', beginnings, '+,00', 'How a number that leaves the country begins here.'),
  callDenied: option(
    'CALL_DENIED',
    dialledPrefixes,
    '',
    'Numbers no click may call, also where the country is allowed: premium rate, satellites.',
  ),
  callInsideDigits: option(
    'CALL_INSIDE_DIGITS',
    whole(0, 10),
    '5',
    'Numbers up to so many digits are inside, or for emergencies: hours and caps do not concern them.',
  ),
  callHours: option('CALL_HOURS', openHours, '', 'When a click may call outside, in the zone of the call centre.'),
  callsPerMinute: option(
    'CALLS_PER_MINUTE',
    whole(1, 600),
    '10',
    'Calls that one user may click in a minute, counted over all processes.',
  ),
  callPrices: option(
    'CALL_PRICES',
    prices,
    '',
    'What outside calls cost; the longest beginning counts, and what has none costs nothing.',
  ),
  callDailyCap: option(
    'CALL_DAILY_CAP',
    amount,
    '',
    'Most that all outside calls of a day may cost. When it is reached the monitor says so, and none is put through until midnight.',
  ),
};
