// One TCP connection, carried by one instance of asterisk-manager 0.2.0: its parser, its held actions and its
// listeners die with the connection. What the package must not do is taken from it here.
import Manager from 'asterisk-manager';
import type { CheckedFields } from './fields.js';
import { type AmiMessage, readMessage } from './message.js';

export interface LinkTarget {
  host: string;
  port: number;
  user: string;
  secret: string;
}

export interface LinkEvents {
  /** TCP is connected; login() may be called. */
  open(): void;
  message(message: AmiMessage): void;
  /** Once, whoever ended it; nothing else is called afterwards. */
  closed(why: string): void;
}

export interface Link {
  /** `done` gets the PBX's words when it refuses, else null. */
  login(done: (refusal: string | null) => void): void;
  /** Writes an action. Only after a login: before it the package would keep the action and send it later. */
  send(id: string, action: string, fields: CheckedFields): void;
  /** Drops what the package keeps for the answer of an action. */
  forget(id: string): void;
  /** Says goodbye (FIN) and leaves the rest to the PBX. */
  leave(): void;
  /** Destroys the socket now; a half-open one would stay for a quarter of an hour. */
  cut(why: string): void;
}

/** Opens a connection. Never throws; what goes wrong arrives as `closed`. */
export function openLink(target: LinkTarget, on: LinkEvents): Link {
  const manager = new Manager(undefined, target.host, target.user, target.secret, false);
  const abort = new AbortController();
  let over = false;
  let trouble = '';
  const end = (why: string) => {
    if (over) return;
    over = true;
    abort.abort();
    on.closed(why);
  };
  // The package's dispatcher emits every AMI event under its own name: `Close`, `Error` and `Connect` look like the
  // socket's events, and `RawEvent` makes it call itself for ever. It goes; only the parsed items are listened to.
  manager.removeAllListeners('rawevent');
  manager.on('rawevent', (item) => {
    if (over || typeof item !== 'object' || item === null) return;
    wakeLogin(manager, item);
    on.message(readMessage(item));
  });
  manager.on('error', (error) => {
    if (error instanceof Error) trouble = words(error);
  });
  manager.on('close', (hadError) => {
    if (typeof hadError === 'boolean') end(trouble === '' ? 'the PBX closed the connection' : trouble);
  });
  manager.connect({ host: target.host, port: target.port, signal: abort.signal }, undefined, () => over || on.open());
  return {
    login: (done) => manager.login((refusal) => done(refusal === undefined ? null : refusalText(refusal))),
    send: (id, action, fields) => void manager.action({ ...fields, action, actionid: id }),
    forget: (id) => manager.removeAllListeners(id),
    leave: () => manager.disconnect(),
    cut: end,
  };
}

/** The dispatcher also woke login()'s callback by the action id, which the package made of the time in milliseconds. */
function wakeLogin(manager: Manager, item: object): void {
  const { response, actionid } = item as { response?: unknown; actionid?: unknown };
  if (typeof response !== 'string' || typeof actionid !== 'string' || !/^\d{13,}$/.test(actionid)) return;
  manager.emit(actionid, response.toLowerCase() === 'success' ? undefined : item);
}

const refusalText = (refusal: object) => readMessage(refusal).get('message') ?? 'no reason given';

/** A refused connect to a name with two addresses has no message of its own, only a code. */
function words(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return error.message || code || error.name;
}
