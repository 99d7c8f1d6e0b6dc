// Kinds of option values: each says in words what is allowed and turns text into a value, or into undefined when it is wrong.
import { isIP } from 'node:net';
import path from 'node:path';
import { serversOf } from './database-url.js';

export interface Kind<T> {
  /** What is allowed, as the end of "allowed: …". */
  what: string;
  /** The value, or undefined when the text is none of the allowed. Never throws. */
  read: (text: string) => T | undefined;
  /** How a value is shown where the option is secret; the default hides it whole. */
  hide?: (text: string) => string;
}

export const HIDDEN = '(hidden)';

/** A whole number from `min` to `max`, both included. */
export const whole = (min: number, max: number, unit = ''): Kind<number> => ({
  what: `a whole number from ${min} to ${max}${unit === '' ? '' : ` (${unit})`}`,
  read: (text) => (/^\d{1,12}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined),
});

export const port = (zero: string): Kind<number> => ({
  ...whole(0, 65535),
  what: `a port from 1 to 65535, or 0: ${zero}`,
});

/** Any printable text without a control character. */
export const text: Kind<string> = {
  what: 'printable text',
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  read: (value) => (/[\u0000-\u001f\u007f]/.test(value) ? undefined : value),
};

/** The same check as the `pbx` field of an event line, so that the two can be compared. */
export const pbxName: Kind<string> = {
  what: '1 to 32 letters, digits, - or _',
  read: (value) => (/^[A-Za-z0-9_-]{1,32}$/.test(value) ? value : undefined),
};

export const host: Kind<string> = {
  what: 'a host name or an address',
  read: (value) => (/^[A-Za-z0-9._:-]{1,253}$/.test(value) ? value : undefined),
};

/** The kind, or nothing at all. */
export const maybe = (kind: Kind<string>): Kind<string> => ({
  ...kind,
  what: `${kind.what}, or empty`,
  read: (value) => (value === '' ? '' : kind.read(value)),
});

export const choice = <const W extends string>(...words: W[]): Kind<W> => ({
  what: `one of ${words.join(', ')}`,
  read: (value) => words.find((word) => word === value),
});

/** A list of distinct words, in the order of the table. */
export const someOf = <const W extends string>(...words: W[]): Kind<W[]> => ({
  what: `one or more of ${words.join(', ')}, joined by commas`,
  read: (value) => {
    const named = splitList(value);
    const known = words.filter((word) => named.includes(word));
    return known.length > 0 && known.length === new Set(named).size ? known : undefined;
  },
});

const WORDS = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);

export const flagOrAuto: Kind<boolean | 'auto'> = {
  what: 'true, false or auto',
  read: (value) => (value === 'auto' ? 'auto' : WORDS.get(value.toLowerCase())),
};

/** A path; a relative one counts from the working directory and is kept absolute from then on. */
export const directory: Kind<string> = {
  what: 'a path',
  read: (value) => (value === '' || value.includes('\0') ? undefined : path.resolve(value)),
};

export const files: Kind<string[]> = {
  what: 'paths of files, joined by commas, or empty',
  read: (value) => (value.includes('\0') ? undefined : splitList(value).map((file) => path.resolve(file))),
};

export const prefixes: Kind<string[]> = {
  what: 'country prefixes such as 998 or +44, joined by commas, or empty',
  read: (value) => {
    const list = splitList(value).map((one) => one.replace(/^(\+|00)/, ''));
    return list.every((one) => /^[0-9]{1,15}$/.test(one)) ? list : undefined;
  },
};

/** The same check as the verb `pause` makes: what it would refuse must not stand on a button. */
export const pauseReasons: Kind<string[]> = {
  what: '1 to 12 different reasons of 1 to 40 letters, digits, spaces, - or _, joined by commas; not wrap_up',
  read: (value) => {
    const list = splitList(value);
    const right = list.every((one) => /^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/.test(one) && one.toLowerCase() !== 'wrap_up');
    return right && list.length > 0 && list.length <= 12 && new Set(list).size === list.length ? list : undefined;
  },
};

export const zone: Kind<string> = {
  what: 'a time zone such as Asia/Tashkent or UTC, or local: the zone of this host',
  read: (value) => {
    if (value === 'local') return Intl.DateTimeFormat().resolvedOptions().timeZone;
    try {
      return Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
    } catch {
      return undefined;
    }
  },
};

/** Only the origin of the pages: a path behind it would never match what a browser sends. */
export const origin: Kind<string> = {
  what: 'https://host or http://host:port without a path, or empty: the Host header is compared',
  read: (value) => {
    if (value === '') return '';
    const url = parseUrl(value);
    const web = url?.protocol === 'https:' || url?.protocol === 'http:';
    return web && url.pathname === '/' && url.search === '' && url.username === '' ? url.origin : undefined;
  },
};

/** What express calls `trust proxy`. "true" is refused: it would let anybody name any address. */
export const proxies: Kind<number | string[]> = {
  what: 'the number of proxies before this server (0: none), or their addresses or networks joined by commas',
  read: (value) => {
    if (/^\d{1,2}$/.test(value)) return Number(value);
    const named = splitList(value);
    const right =
      named.length > 0 && named.every((one) => /^(loopback|linklocal|uniquelocal|[0-9a-f.:]+(\/\d{1,3})?)$/i.test(one));
    return right ? named : undefined;
  },
};

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Networks and addresses; `loopback` stands for this host's own, `none` for nobody. */
export const networks: Kind<string[]> = {
  what: 'addresses or networks such as 192.0.2.0/24, joined by commas; loopback is this host, none is nobody',
  read: (value) => {
    const named = splitList(value);
    if (named.length === 1 && named[0] === 'none') return [];
    const right = named.length > 0 && named.every((one) => one === 'loopback' || isNetwork(one));
    return right ? named.flatMap((one) => (one === 'loopback' ? LOOPBACK : [one])) : undefined;
  },
};

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** `sqlite:<file>` or `mysql://user:password@host:port/name`, see docs/configuration.md. */
export const databaseUrl: Kind<string> = {
  what: 'sqlite:<file> or mysql://user:password@host:port/name (with ?socket=/path for a socket; host:port,host:port,… for the nodes of one cluster); write @ : / # ? % of a password as %40 %3A %2F %23 %3F %25',
  read: (value) => {
    if (value.startsWith('sqlite:')) return value.length > 'sqlite:'.length ? value : undefined;
    return value.startsWith('mysql:') && serversOf(value).length > 0 ? value : undefined;
  },
  hide: (value) => {
    if (value.startsWith('sqlite:')) return value;
    const servers = serversOf(value);
    const [url] = servers;
    if (url === undefined) return HIDDEN;
    const hosts = servers.map(({ host }) => host).join(',');
    return `${url.protocol}//${url.username}${url.password === '' ? '' : `:${HIDDEN}`}@${hosts}${url.pathname}${url.search}`;
  },
};

const splitList = (value: string) =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}
