// How a line of a story's upper part reads: time, kind, what it is about, then names with their values, then the channel.
//   12.340  offer  101  queue sales  dialler trunk-1                        ch 101-1
// Channels are short names (`101-1` is PJSIP/101-1, `local-1;2` a half of a Local channel); `of B` says which call of several
// it is about, `lid B` that the channel already carries that call's linkedid, `other B` names that call.
import { formatLine } from '../../src/call/event.js';

/** What stands before the names, in order. A kind that is not here has only names. */
export const FIRST: Record<string, string[]> = {
  dial: ['to'],
  dialed: ['status'],
  enter: ['queue'],
  position: ['queue', 'position'],
  leave: ['queue', 'status'],
  offer: ['endpoint'],
  ring: ['endpoint'],
  answer: ['endpoint'],
  forward: ['to'],
  menu: ['menu'],
  hold: ['endpoint'],
  unhold: ['endpoint'],
  transfer: ['kind'],
  retrieve: ['slot'],
  comeback: ['slot'],
  pickup: ['target'],
  join: ['room'],
  quit: ['room'],
  voicemail: ['mailbox'],
  record: ['file'],
  recorded: ['file'],
  spy: ['target'],
  spied: ['target'],
  click: ['verb'],
  login: ['operator'],
  logout: ['operator'],
  pause: ['operator'],
  unpause: ['operator'],
  wrapup: ['operator'],
  wrapped: ['operator'],
  found: ['endpoint'],
};
/** Fields that hold a channel's name, a channel's uniqueid, a call's id. */
export const CHANNELS = ['by', 'blind', 'attended'];
export const UNIQUEIDS = ['dialler', 'target', 'parked', 'picked'];
export const CALLS = ['other', 'parent'];
/** Of these kinds `by` or `target` is a word, not a channel. */
export const WORDS: Record<string, string[]> = {
  forward: ['by'],
  pickup: ['target'],
  spy: ['target'],
  spied: ['target'],
};

/** One line of a story to an event line. Times are seconds from `zero`; `story` is the id of the call without a label. */
export function toLine(file: string, zero: number, story: string, text: string): string {
  const [time = '', kind = '', ...words] = text.split(/\s+/);
  if (!/^\d+\.\d{3}$/.test(time)) throw new Error(`${file}: "${text}" does not begin with seconds.milliseconds`);
  const at = zero + Math.round(Number(time) * 1000);
  const of = take(words, 'of');
  const lid = take(words, 'lid') || of;
  const ch = take(words, 'ch');
  const source = take(words, 'source');
  const number = /^\d+/.exec(file)?.[0] ?? '';
  const names = {
    channel: channelOf,
    uniqueid: (c: string) => `u${number}-${c}`,
    call: (c: string) => callOf(story, c),
  };
  const uniqueid = names.uniqueid(ch);
  const common = {
    v: 1,
    id: `pbx1-${uniqueid}-${kind}-${at}${source}`,
    at,
    pbx: 'pbx1',
    call: names.call(of),
    event: kind,
    channel: channelOf(ch),
    uniqueid,
    linkedid: `u-${lid === 'main' ? '' : lid}`,
    source,
  };
  const fields = fieldsOf(kind, words);
  for (const [field, value] of Object.entries(fields)) {
    if (value === '' || WORDS[kind]?.includes(field)) continue;
    if (CHANNELS.includes(field)) fields[field] = names.channel(value);
    if (UNIQUEIDS.includes(field)) fields[field] = names.uniqueid(value);
    if (CALLS.includes(field)) fields[field] = names.call(value);
    if (field === 'until' || field === 'since') fields[field] = String(zero + Number(value) * 1000);
  }
  if (kind === 'lost' || kind === 'found') fields['source'] = 'ami';
  return formatLine({ ...common, ...fields });
}

const callOf = (story: string, label: string) => (label === '' || label === 'main' ? story : `${story}-${label}`);

/** `trunk-1` is a PJSIP channel, `local-1` and `local-1;2` a half of a Local one. */
export function channelOf(ch: string): string {
  if (!ch.startsWith('local')) return `PJSIP/${ch}`;
  return `Local/${ch.includes(';') ? ch : `${ch};2`}`;
}

function take(words: string[], name: string): string {
  // The first word is what the event is about; an endpoint may well be called `trunk`.
  const i = words.lastIndexOf(name);
  if (i < (name === 'ch' ? 0 : 1)) return '';
  const [, value = ''] = words.splice(i, 2);
  return value;
}

function fieldsOf(kind: string, words: string[]): Record<string, string> {
  if (kind === 'call') {
    const [direction = '', from = '', , to = ''] = words.splice(0, 4);
    return { direction, from: from === '-' ? '' : from, to, ...pairs(words) };
  }
  if (kind === 'unrouted' || kind === 'lost') return { reason: words.join('_') };
  if (kind === 'end') {
    const [who = ''] = words.splice(0, 1);
    const silent = words.includes('silent');
    const more = pairs(words.filter((word) => word !== 'silent'));
    // A phone that was rung has said 180, unless the story says that it kept silent.
    const tech = who !== 'caller' && more['cause'] === '0' && !silent ? 'SIP 180 Ringing' : '';
    return { ...more, tech, side: who === 'caller' ? 'caller' : 'callee', endpoint: who === 'caller' ? '' : who };
  }
  const fields: Record<string, string> = {};
  // Names come with their values, in twos: where the count is odd, one more word stands before them.
  const names = FIRST[kind] ?? [];
  for (const [i, name] of names.entries())
    if (words.length % 2 === 1 || i < names.length - 1) fields[name] = words.shift() ?? '';
  return { ...fields, ...pairs(words) };
}

/** `queue sales cause 16`, and of what is about nothing the rest. */
function pairs(words: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < words.length; i += 2) fields[words[i] ?? ''] = words[i + 1] ?? '';
  return fields;
}
