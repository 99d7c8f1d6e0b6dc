// Pure. What the manager interface says of a channel, read the same way from an event and from a list.
import type { AmiMessage } from '../ami/index.js';

/** One channel of an event: Asterisk names its fields with a prefix where an event has several (`TransfereeChannel`). */
export interface Party {
  channel: string;
  uniqueid: string;
  linkedid: string;
  /** DH_CALL of the channel; empty when it has none, or when manager.conf has no `channelvars = DH_CALL`. */
  call: string;
}

/** The channel of this prefix ('' for an event of one channel); null when the event does not name it. */
export function partyOf(message: AmiMessage, prefix = ''): Party | null {
  const uniqueid = message.get(`${prefix}Uniqueid`) ?? '';
  if (uniqueid === '') return null;
  return {
    channel: message.get(`${prefix}Channel`) ?? '',
    uniqueid,
    linkedid: message.get(`${prefix}Linkedid`) ?? '',
    call: callVariable(message, prefix),
  };
}

const NAME = 'DH_CALL=';

function callVariable(message: AmiMessage, prefix: string): string {
  const found = message.getAll(`${prefix}ChanVariable`).find((one) => one.startsWith(NAME));
  return found?.slice(NAME.length) ?? '';
}

/** The call a channel belongs to: what the dialplan wrote on it, else what the hooks themselves take without an entry hook. */
export const callOf = (pbx: string, party: Party): string => party.call || `${pbx}-${party.linkedid || party.uniqueid}`;

/** Whose channel it is: `101` of `PJSIP/101-0000002a`, `102` of `Local/102@crew-00000001;1`, as dialhook-endpoint reads it. */
export const endpointOf = (channel: string): string =>
  deviceOf(channel.replace(/;[12]$/, '').replace(/-[0-9a-f]{8,}$/, ''));

/**
 * Whose device it is: `101` of `PJSIP/101`, `102` of a queue member's `Local/102@crew/n`. It has no serial number, so what looks
 * like one belongs to the name: phones are often called by their address, `desk-00155d012345`.
 */
export const deviceOf = (device: string): string =>
  device
    .slice(device.indexOf('/') + 1)
    .replace(/@.*$/, '')
    .slice(0, 80);

/** `Timestamp` of an event (seconds.microseconds by the PBX's clock) in ms; null without `timestampevents = yes`. */
export function timeOf(message: AmiMessage): number | null {
  const [, seconds, millis] = /^(\d{9,11})\.(\d{3})/.exec(message.get('Timestamp') ?? '') ?? [];
  return seconds === undefined ? null : Number(seconds) * 1000 + Number(millis);
}
