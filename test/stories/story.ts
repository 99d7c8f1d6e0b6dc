// A story is one text file that a supervisor can read aloud: above the line what the hooks said, below it what the
// tables must then hold. This reads the upper part into events and splits the lower part into lines.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CallEvent, formatLine, parseLine } from '../../src/call/event.js';

export interface Story {
  file: string;
  title: string;
  notes: string[];
  /** How a real PBX plays it: steps in the order of the text (test/stories/play.ts); empty when it can't. */
  play: string[];
  events: CallEvent[];
  lines: string[];
  rows: string[];
}

/** Times in stories are seconds from here. */
export const T0 = Date.UTC(2026, 0, 15, 8, 0, 0);

const HERE = fileURLToPath(new URL('.', import.meta.url));

export function allStories(): Story[] {
  return readdirSync(HERE)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => readStory(name, readFileSync(`${HERE}/${name}`, 'utf8')));
}

export function readStory(file: string, text: string): Story {
  const [upper = '', lower = ''] = text.split(/^-{4,}\s*$/m);
  const story: Story = { file, title: '', notes: [], play: [], events: [], lines: [], rows: [] };
  const call = `pbx1-${file.replace(/\W+/g, '-')}`;
  for (const raw of upper.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [word = '', ...rest] = line.split(/\s+/);
    const tail = rest.join(' ');
    if (word === 'story') story.title = tail;
    else if (word === 'note') story.notes.push(tail);
    else if (word === 'play') story.play.push(...tail.split('·').map((step) => step.trim()));
    else story.lines.push(toLine(file, call, line));
  }
  for (const line of story.lines) {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(`${file}: ${parsed.refusal.reason} in "${line}"`);
    story.events.push(parsed.event);
  }
  story.rows = lower
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '' && !row.startsWith('#'));
  return story;
}

/** `12.340  offer  101  queue sales  ch 101-1` to an event line. */
function toLine(file: string, call: string, text: string): string {
  const [time = '', kind = '', ...words] = text.split(/\s+/);
  if (!/^\d+\.\d{3}$/.test(time)) throw new Error(`${file}: "${text}" does not begin with seconds.milliseconds`);
  const at = T0 + Math.round(Number(time) * 1000);
  const of = take(words, 'of');
  const ch = take(['', ...words.splice(words.lastIndexOf('ch'))], 'ch');
  const channel = channelOf(ch);
  const uniqueid = `u${file.slice(0, 2)}-${ch}`;
  const common = {
    v: 1,
    id: `pbx1-${uniqueid}-${kind}-${at}`,
    at,
    pbx: 'pbx1',
    call: of ? `${call}-${of}` : call,
    event: kind,
    channel,
    uniqueid,
    linkedid: 'u-1',
  };
  return formatLine({ ...common, ...fieldsOf(file, kind, words) });
}

/** `trunk-1` is a PJSIP channel, `local-1` a Local one. */
const channelOf = (ch: string) => (ch.startsWith('local') ? `Local/${ch};2` : `PJSIP/${ch}`);

function take(words: string[], name: string): string {
  // The first word is what the event is about; an endpoint may well be called `trunk`.
  const i = words.indexOf(name, 1);
  if (i < 0) return '';
  const [, value = ''] = words.splice(i, 2);
  return value;
}

function fieldsOf(file: string, kind: string, words: string[]): Record<string, string> {
  const named = (...names: string[]) => Object.fromEntries(names.map((name) => [name, take(words, name)]));
  switch (kind) {
    case 'call': {
      const more = named('trunk', 'endpoint', 'click');
      const [direction = '', from = '', , to = ''] = words;
      return { direction, from: from === '-' ? '' : from, to, ...more };
    }
    case 'unrouted':
      return { reason: words.join('_') };
    case 'dial':
      return { ...named('trunk'), to: words[0] ?? '' };
    case 'dialed':
      return { ...named('cause'), status: words[0] ?? '' };
    case 'enter':
      return { ...named('priority'), queue: words[0] ?? '' };
    case 'leave':
      return { ...named('key'), queue: words[0] ?? '', status: words[1] ?? '' };
    case 'offer':
      return { ...named('queue'), endpoint: words[0] ?? '' };
    case 'ring':
      return { endpoint: words[0] ?? '' };
    case 'answer':
      return { ...named('queue'), endpoint: words[0] ?? '' };
    case 'end': {
      const more = named('cause', 'by', 'dialstatus', 'queuestatus', 'abandoned');
      const who = words[0] ?? '';
      const by = more['by'] ? channelOf(more['by']) : '';
      // A phone that was rung has said 180, unless the story says that it kept silent.
      const tech = who !== 'caller' && more['cause'] === '0' && !words.includes('silent') ? 'SIP 180 Ringing' : '';
      return { ...more, by, tech, side: who === 'caller' ? 'caller' : 'callee', endpoint: who === 'caller' ? '' : who };
    }
    case 'lost':
      return { source: 'ami', reason: words.join('_') };
    default:
      throw new Error(`${file}: a story can't say "${kind}" yet`);
  }
}
