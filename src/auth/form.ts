// Forms that only our own pages can send: where a request comes from, and a token that its page was given.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The token of every form of a session (or, before the login, of a browser): made from its secret cookie, kept nowhere. */
export const formToken = (secret: string): string =>
  createHmac('sha256', secret).update('dialhook form').digest('base64url');

/** Compares two tokens in constant time; anything but a string of the right length differs. */
export function sameToken(expected: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface Sender {
  /** Header Sec-Fetch-Site: browsers set it, pages can't. */
  fetchSite: string | undefined;
  /** Header Origin. */
  origin: string | undefined;
  /** Header Host. */
  host: string | undefined;
}

/**
 * Why a request that changes something was not sent by our own page; null when nothing speaks against it. `ownOrigin`
 * is the address users know (`https://calls.example.org`); empty when it is not set, then the Host header counts.
 */
export function originFault(sender: Sender, ownOrigin: string): string | null {
  if (sender.fetchSite !== undefined && sender.fetchSite !== 'same-origin') return `sent from ${sender.fetchSite}`;
  if (sender.origin === undefined) return null;
  if (!URL.canParse(sender.origin)) return 'sent from an unknown origin';
  const { origin, host } = new URL(sender.origin);
  const own = ownOrigin === '' ? host === sender.host?.toLowerCase() : origin === new URL(ownOrigin).origin;
  return own ? null : 'sent from another origin';
}
