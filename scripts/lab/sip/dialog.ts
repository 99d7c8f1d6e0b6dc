// Who speaks with whom in one dialog (RFC 3261 §12), and requests within it. There is one PBX and no proxy, so no routes are kept.
import { randomBytes } from 'node:crypto';
import { authorize, type Credentials } from './digest.js';
import type { Address, SipEndpoint } from './endpoint.js';
import { header, type SipMessage, tagOf, uriOf } from './message.js';
import type { Sent } from './transaction.js';

export interface Dialog {
  callId: string;
  /** From value of our requests, with our tag. */
  local: string;
  /** To value of our requests, with the other side's tag once it is known. */
  remote: string;
  /** Request-URI of our requests. */
  target: string;
  /** Number of our last request. */
  cseq: number;
}

/** What a request needs to find its way and to be let in. */
export interface Line {
  endpoint: SipEndpoint;
  pbx: Address;
  /** Contact value of this phone. */
  contact: string;
  credentials: Credentials | null;
}

export const newTag = () => randomBytes(6).toString('hex');
export const newCallId = () => randomBytes(12).toString('hex');
const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER, UPDATE, MESSAGE';

/** The dialog of an INVITE that came in, seen from here. */
export function dialogOfInvite(invite: SipMessage, tag: string): Dialog {
  return {
    callId: header(invite, 'Call-ID'),
    local: `${header(invite, 'To')};tag=${tag}`,
    remote: header(invite, 'From'),
    target: uriOf(header(invite, 'Contact')),
    cseq: 0,
  };
}

/** Takes the other side's tag and contact from its answer. */
export function adopt(dialog: Dialog, response: SipMessage): void {
  const [to, contact] = [header(response, 'To'), header(response, 'Contact')];
  if (tagOf(to) !== '') dialog.remote = to;
  if (contact !== '') dialog.target = uriOf(contact);
}

export interface Parts {
  headers?: [string, string][];
  type?: string;
  body?: string;
}

/** The next request of the dialog; its number is counted up (an ACK keeps the INVITE's). */
export function nextRequest(
  dialog: Dialog,
  line: Line,
  method: string,
  { headers = [], type, body = '' }: Parts = {},
): SipMessage {
  if (method !== 'ACK') dialog.cseq++;
  const own: [string, string][] = [
    ['Max-Forwards', '70'],
    ['From', dialog.local],
    ['To', dialog.remote],
    ['Call-ID', dialog.callId],
    ['CSeq', `${dialog.cseq} ${method}`],
    ['Contact', line.contact],
    ['User-Agent', 'dialhook-lab'],
    ['Allow', ALLOW],
    ['Supported', 'replaces'],
    ...headers,
  ];
  if (type !== undefined) own.push(['Content-Type', type]);
  return { method, uri: dialog.target, status: 0, reason: '', headers: own, body };
}

/**
 * Sends a request and gives its final answer; a challenge is met once, a second time when the nonce had grown old.
 * `onSent` gets each attempt (to cancel it). @throws Error when no answer came.
 */
export async function request(
  dialog: Dialog,
  line: Line,
  method: string,
  parts: Parts = {},
  onSent?: (sent: Sent) => void,
): Promise<SipMessage> {
  let auth: [string, string][] = [];
  for (let attempt = 0; ; attempt++) {
    const message = nextRequest(dialog, line, method, { ...parts, headers: [...auth, ...(parts.headers ?? [])] });
    const sent = line.endpoint.send(message, line.pbx);
    onSent?.(sent);
    const response = await sent.final;
    const challenged = response.status === 401 || response.status === 407;
    if (!challenged || line.credentials === null || attempt === 2) return response;
    const [asked, answer] =
      response.status === 401 ? ['WWW-Authenticate', 'Authorization'] : ['Proxy-Authenticate', 'Proxy-Authorization'];
    const challenge = header(response, asked);
    // A second challenge that does not say "stale" means a wrong password.
    if (attempt === 1 && !/stale\s*=\s*"?true/i.test(challenge)) return response;
    auth = [[answer, authorize(challenge, method, message.uri, line.credentials)]];
  }
}
