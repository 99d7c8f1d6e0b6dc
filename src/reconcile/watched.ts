// The events of the manager interface that are listened to: this table and nothing else. All of them are of the read classes
// `call` and `agent`; names and fields are the same on 16 and 22. Adding one touches this file only.
import type { AmiMessage } from '../ami/index.js';
import type { EventKind } from '../call/event.js';
import type { Fields } from './lines.js';
import { callOf, deviceOf, endpointOf, type Party, partyOf } from './parties.js';

/** What an event becomes: a kind of ours, on a channel, with its fields. */
export interface Told {
  kind: EventKind;
  party: Party;
  fields: Fields;
}

export interface Watched {
  /** The line it becomes; null when it has nothing to say. */
  tell?(message: AmiMessage, pbx: string): Told | null;
  /** The places in the queue of its `Queue` may have changed; `waits` says whether its own caller waits there now. */
  places?: { waits: boolean };
}

/** Makes an entry that speaks of the channel with this prefix. An event that does not name the channel says nothing. */
const of =
  (kind: EventKind, prefix: string, fields: (message: AmiMessage, party: Party, pbx: string) => Fields | null) =>
  (message: AmiMessage, pbx: string): Told | null => {
    const party = partyOf(message, prefix);
    const more = party && fields(message, party, pbx);
    return party && more ? { kind, party, fields: more } : null;
  };

/** The other call, when it is another one. */
function otherCall(pbx: string, party: Party, ...others: (Party | null)[]): string {
  const other = others.find((one) => one !== null);
  const call = other ? callOf(pbx, other) : '';
  return call === callOf(pbx, party) ? '' : call;
}

const lotOf = (message: AmiMessage): Fields => ({
  lot: message.get('ParkingLot'),
  slot: message.get('ParkingSpace'),
});

/** Asterisk names the one who parked by the dial string only. */
const parked = (message: AmiMessage): Fields => ({
  ...lotOf(message),
  by: message.get('ParkerChannel') ?? message.get('ParkerDialString'),
  timeout: message.get('ParkingTimeout'),
});

/**
 * Of a transfer after consulting: the party that goes on, who did it, whom it was joined with. Joined with an application (a
 * queue, a conference) there is no target channel, and the consultation's own call is the other one. A bridge of more than two
 * has no transferee, so nothing is said: the linkedids of the look tell.
 */
const attended = of('transfer', 'Transferee', (message, party, pbx) => {
  const target = partyOf(message, 'TransferTarget');
  const consulting = partyOf(message, 'SecondTransferer');
  return {
    kind: 'attended',
    result: message.get('Result') === 'Success' ? 'ok' : 'failed',
    by: message.get('OrigTransfererChannel'),
    to: message.get('TransferTargetCallerIDNum') ?? message.get('SecondTransfererExten'),
    target: target?.uniqueid,
    other: otherCall(pbx, party, target, consulting),
  };
});

/** One that worked is told by the transfer context. A number that does not exist makes no event at all: the phone is told 404. */
const blindFailed = of('transfer', 'Transferee', (message) => {
  if (message.get('Result') === 'Success') return null;
  return { kind: 'blind', result: 'failed', by: message.get('TransfererChannel'), to: message.get('Extension') };
});

/** FreePBX's context for calls that nobody took from the parking lot. */
const PARK_RETURN = 'park-return-routing';
const cameBack = of('answer', 'Dest', (message, party) => {
  if (message.get('Context') !== PARK_RETURN || message.get('DialStatus') !== 'ANSWER') return null;
  return { endpoint: endpointOf(party.channel), dialler: message.get('Uniqueid') };
});

const ofChannel = (message: AmiMessage): Fields => ({ endpoint: endpointOf(message.get('Channel') ?? '') });
const spied = (message: AmiMessage): Fields => ({ target: endpointOf(message.get('SpyeeChannel') ?? '') });
const inRoom = (message: AmiMessage): Fields => ({
  room: message.get('Conference'),
  role: message.get('Admin') === 'Yes' ? 'leader' : undefined,
});

/** By the event's name. */
export const WATCHED: Readonly<Record<string, Watched>> = {
  // An Unhold without its Hold comes with every REFER: the fold leaves it aside.
  Hold: { tell: of('hold', '', ofChannel) },
  Unhold: { tell: of('unhold', '', ofChannel) },

  AttendedTransfer: { tell: attended },
  BlindTransfer: { tell: blindFailed },

  // Who hangs up while parked (ParkedCallGiveUp) is told by the hangup handler.
  ParkedCall: { tell: of('park', 'Parkee', parked) },
  // An attended transfer into a slot: another channel takes the parked one's place.
  ParkedCallSwap: { tell: of('park', 'Parkee', parked) },
  UnParkedCall: {
    tell: of('retrieve', 'Retriever', (message, party, pbx) => {
      const parkee = partyOf(message, 'Parkee');
      return { ...lotOf(message), parked: parkee?.uniqueid, other: otherCall(pbx, party, parkee) };
    }),
  },
  ParkedCallTimeOut: {
    tell: of('comeback', 'Parkee', (message) => ({
      ...lotOf(message),
      to: deviceOf(message.get('ParkerDialString') ?? ''),
    })),
  },

  // FreePBX rings the one who parked without any hook at the answer.
  DialEnd: { tell: cameBack },

  Pickup: {
    tell: of('pickup', '', (message, party, pbx) => {
      const picked = partyOf(message, 'Target');
      const target = endpointOf(picked?.channel ?? '');
      return { target, picked: picked?.uniqueid, other: otherCall(pbx, party, picked) };
    }),
  },

  // The place on joining is told by B() of Queue(); who joins before others moves them.
  QueueCallerJoin: { places: { waits: true } },
  QueueCallerLeave: { places: { waits: false } },
  QueueCallerAbandon: { places: { waits: false } },

  ChanSpyStart: {
    tell: of('spy', 'Spyer', (message, party, pbx) => ({
      ...spied(message),
      other: otherCall(pbx, party, partyOf(message, 'Spyee')),
    })),
  },
  ChanSpyStop: { tell: of('spied', 'Spyer', spied) },

  ConfbridgeJoin: { tell: of('join', '', inRoom) },
  ConfbridgeLeave: { tell: of('quit', '', (message) => ({ room: message.get('Conference') })) },

  // Neither names the file: only a hook knows it.
  MixMonitorStart: { tell: of('record', '', () => ({})) },
  MixMonitorStop: { tell: of('recorded', '', () => ({})) },
};
