// SIP messages as text: read one, write one (RFC 3261 §7). Pure; knows nothing of calls or sockets.

export interface SipMessage {
  /** Of a request; '' of a response. */
  method: string;
  uri: string;
  /** Of a response; 0 of a request. */
  status: number;
  reason: string;
  /** In the order they came, names as they came. */
  headers: [string, string][];
  body: string;
}

// RFC 3261 §7.3.3 and later: short names that a peer may use.
const SHORT: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  s: 'subject',
  k: 'supported',
  r: 'refer-to',
  b: 'referred-by',
  x: 'session-expires',
  o: 'event',
};
const fullName = (name: string) => SHORT[name.toLowerCase()] ?? name.toLowerCase();

/** Reads one datagram; null when it is no SIP (keep-alives, noise). */
export function parseMessage(text: string): SipMessage | null {
  const split = text.indexOf('\r\n\r\n');
  const head = (split < 0 ? text : text.slice(0, split)).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const start = head.shift() ?? '';
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(start);
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(start);
  if (response === null && request === null) return null;
  const headers = head.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
  });
  return {
    method: request?.[1] ?? '',
    uri: request?.[2] ?? '',
    status: Number(response?.[1] ?? 0),
    reason: response?.[2] ?? '',
    headers,
    body: split < 0 ? '' : text.slice(split + 4),
  };
}

/** Writes a message for the wire; Content-Length is counted here. */
export function formatMessage(message: SipMessage): string {
  const start =
    message.status > 0 ? `SIP/2.0 ${message.status} ${message.reason}` : `${message.method} ${message.uri} SIP/2.0`;
  const lines = message.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${start}\r\n${lines}Content-Length: ${Buffer.byteLength(message.body)}\r\n\r\n${message.body}`;
}

/** The first header of that name, '' when there is none. */
export function header(message: SipMessage, name: string): string {
  return allHeaders(message, name)[0] ?? '';
}

/** Every header of that name, in order. */
export function allHeaders(message: SipMessage, name: string): string[] {
  const wanted = fullName(name);
  return message.headers.filter(([key]) => fullName(key) === wanted).map(([, value]) => value);
}

/** Number and method of CSeq. */
export function cseq(message: SipMessage): { number: number; method: string } {
  const [number = '0', method = ''] = header(message, 'CSeq').split(/\s+/);
  return { number: Number(number), method };
}

/** The branch of the topmost Via: a transaction's name. */
export function branchOf(message: SipMessage): string {
  return /;\s*branch=([^;,\s]+)/i.exec(header(message, 'Via'))?.[1] ?? '';
}

/** The tag of a From or To value, '' when it has none. */
export function tagOf(address: string): string {
  return /;\s*tag=([^;>\s]+)/i.exec(address.slice(address.lastIndexOf('>') + 1))?.[1] ?? '';
}

/** The URI within a From, To or Contact value. */
export function uriOf(address: string): string {
  // A display name may hold brackets of its own.
  const unnamed = address.replace(/^\s*"(?:[^"\\]|\\.)*"/, '');
  return /<([^>]*)>/.exec(unnamed)?.[1] ?? unnamed.split(';')[0]?.trim() ?? '';
}

/** User part and display name of a From, To or P-Asserted-Identity value. */
export function partyOf(address: string): { number: string; name: string } {
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(address)?.[1]?.replace(/\\(.)/g, '$1');
  const bare = /^\s*([^"<]*?)\s*</.exec(address)?.[1];
  const user = /^sips?:([^@;>]*)@/i.exec(uriOf(address))?.[1] ?? '';
  return { number: decodeUser(user), name: quoted ?? bare ?? '' };
}

function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** A From value with a display name, quotes and backslashes escaped (RFC 3261 §25.1). */
export function addressOf(name: string, uri: string): string {
  return name === '' ? `<${uri}>` : `"${name.replace(/[\\"]/g, '\\$&')}" <${uri}>`;
}
