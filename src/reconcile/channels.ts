// The PBX's channels now.
import type { Ami, AmiMessage } from '../ami/index.js';
import { mapGently } from './breathe.js';
import { type Party, partyOf } from './parties.js';

export interface ChannelNow extends Party {
  /** Of the bridge it is in; empty when in none. */
  bridge: string;
  /** Asterisk's word for its state, in small letters: `up`, `ring` (it calls), `ringing` (it is called). */
  state: string;
  application: string;
  /** Its own number, and the one it talks with or has dialled. */
  number: string;
  other: string;
  /** How long it lives, ms; null when the PBX does not say. */
  age: number | null;
}

const LIST_MS = 10_000;

/** @throws AmiError, or Error when the list can not be what it says: then nothing may be concluded from it. */
export async function readChannels(ami: Pick<Ami, 'list'>): Promise<ChannelNow[]> {
  const items = await ami.list('CoreShowChannels', {}, { complete: 'CoreShowChannelsComplete', timeoutMs: LIST_MS });
  return mapGently(items, toChannel);
}

function toChannel(item: AmiMessage): ChannelNow {
  const party = partyOf(item);
  if (party === null) throw new Error('CoreShowChannels gave a channel without a Uniqueid');
  const exten = item.get('Exten') ?? '';
  return {
    ...party,
    bridge: item.get('BridgeId') ?? '',
    state: (item.get('ChannelStateDesc') ?? '').toLowerCase(),
    application: item.get('Application') ?? '',
    number: known(item.get('CallerIDNum')),
    other: known(item.get('ConnectedLineNum')) || (exten === 's' ? '' : exten),
    age: ageOf(item.get('Duration')),
  };
}

/** Asterisk writes its own word where it has no number. */
const known = (number = ''): string => (number === '<unknown>' ? '' : number);

/** `00:01:05` in ms; hours go beyond a day. */
function ageOf(duration = ''): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d)$/.exec(duration) ?? [];
  return hours === undefined ? null : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
