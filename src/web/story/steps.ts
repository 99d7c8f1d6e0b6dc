// Pure. What happened on the way of a call, each step as a sentence.
import type { Step } from '../../call/call.js';
import { inWords } from '../format.js';
import { capital, type People } from './people.js';

export interface Told {
  icon: string;
  text: string;
}

type Teller = (step: Step, people: People) => Told;

const TELLERS: Record<Step['step'], Teller> = {
  menu: (step, people) => ({ icon: 'menu', text: `${capital(people.of(step))} ${menu(step)}.` }),
  forward: ({ what, detail, outcome }, { who }) => ({
    icon: 'forward',
    text: `${detail === '' ? 'The call' : `The call of ${who(detail)}`} was forwarded to ${who(what)}${FORWARDS[outcome] ?? (outcome === '' ? '' : `: ${plain(outcome)}`)}.`,
  }),
  transfer: (step, people) => ({ icon: 'transfer', text: `${capital(transfer(step, people))}.` }),
  park: (step, people) => ({ icon: 'parked', text: `${capital(park(step, people))}.` }),
  pickup: ({ operator, what }, { who }) => ({
    icon: 'pickup',
    text: `${who(operator)} took the call${what === '' ? ' that rang elsewhere' : ` that rang at ${who(what)}`}.`,
  }),
  conference: (step, people) => ({
    icon: 'people',
    text: `${capital(people.of(step))} ${step.endedAt === null ? 'is' : 'was'} in the conference room ${step.what}${lasted(step)}${step.detail === 'leader' ? ', as its leader' : ''}.`,
  }),
  voicemail: ({ what, outcome, length }) => ({ icon: 'voicemail', text: voicemail(what, outcome, length) }),
  recording: (step, people) => ({
    icon: 'record',
    text: `${step.endedAt === null ? 'It is being recorded' : `Recorded${lasted(step)}`}: ${people.file(step.what)}.`,
  }),
  hold: (step, people) => ({
    icon: 'hold',
    text: `${step.operator === '' ? capital(people.client) : people.who(step.operator)} ${step.endedAt === null ? 'has put' : 'put'} the other side on hold${lasted(step)}.`,
  }),
  spy: (step, { who }) => ({
    icon: 'seen',
    text: `${who(step.operator)} ${SPIES[step.detail] ?? SPIES['listen']} ${who(step.what)}${lasted(step)}.`,
  }),
};

/** One step as its sentence. */
export const tellStep = (step: Step, people: People): Told => TELLERS[step.step](step, people);

const plain = (word: string): string => word.replaceAll('_', ' ');

const FORWARDS: Record<string, string> = {
  phone: ' by the phone itself',
  busy: ' because it was busy',
  no_answer: ' because nobody answered',
};
const SPIES: Record<string, string> = { listen: 'listened to', whisper: 'whispered to', barge: 'joined the talk of' };

/** ` for 12 s` of what is over or has a length of its own; nothing of what still lasts. */
function lasted({ startedAt, endedAt, length }: Step): string {
  const ms = length ?? (endedAt === null ? null : endedAt - startedAt);
  return ms === null ? '' : ` for ${inWords(ms)}`;
}

function menu({ what, outcome, endedAt }: Step): string {
  if (outcome === 'timeout') return `heard the menu ${what} and chose nothing`;
  if (outcome === 'invalid') return `pressed something that the menu ${what} does not know`;
  if (outcome === 'hung_up') return `hung up in the menu ${what}`;
  if (outcome !== '') return `chose ${outcome} in the menu ${what}`;
  return endedAt === null ? `is in the menu ${what}` : `heard the menu ${what}`;
}

function transfer(step: Step, people: People): string {
  const by = step.detail === '' ? 'somebody' : people.who(step.detail);
  const to = step.what === '' ? 'somebody else' : people.who(step.what);
  const goes = people.of(step);
  switch (step.outcome) {
    case 'blind':
      return `${by} transferred ${goes} to ${to} without asking there first`;
    case 'attended':
      return `${by} transferred ${goes} to ${to} after consulting`;
    case 'consulting':
      return `${by} is asking ${to}, while ${goes} waits`;
    case 'cancelled':
      return `${by} asked ${to} and came back to ${goes}`;
    case 'returned':
      return `${to} did not take the call that ${by} had transferred: it came back to ${by}`;
    default:
      return `${by} could not transfer ${goes} to ${to}${step.outcome === 'failed' ? '' : `: ${plain(step.outcome)}`}`;
  }
}

function park(step: Step, { who, of }: People): string {
  // `103 to 104`: who parked, and who took it.
  const [parker = '', taker = ''] = step.detail.split(' to ');
  const place = step.what === '' ? 'a parking place' : step.what;
  const waited = step.endedAt === null ? '' : inWords(step.endedAt - step.startedAt);
  const parked = `parked in ${place}${parker === '' ? '' : ` by ${who(parker)}`}`;
  if (step.outcome === 'retrieved')
    return `${parked}, taken by ${taker === '' ? 'somebody' : who(taker)} after ${waited}`;
  if (step.outcome === 'came_back') return `${parked}; nobody took it within ${waited}, so it came back`;
  if (step.outcome === 'hung_up') return `${parked}; ${of(step)} hung up after ${waited}`;
  return step.endedAt === null ? `${parked}, and still there` : `${parked} for ${waited}`;
}

function voicemail(mailbox: string, outcome: string, length: number | null): string {
  if (outcome === 'left') return `Message left in mailbox ${mailbox}${length === null ? '' : `, ${inWords(length)}`}.`;
  return `No message was left in mailbox ${mailbox}${outcome === 'failed' ? '' : ` (${plain(outcome)})`}.`;
}
