// A story is one text file that a supervisor can read aloud: above the line what the hooks said, below it what the
// tables must then hold. This reads the upper part into events and splits the lower part into lines.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CallEvent, parseLine } from '../../src/call/event.js';
import { toLine } from './grammar.js';

export interface Story {
  file: string;
  title: string;
  notes: string[];
  /** How a real PBX plays it: steps in the order of the text (test/stories/play.ts); empty when it can't. */
  play: string[];
  /** Why a real PBX can't play it; empty when it has a `play` line. */
  only: string;
  /** The operators whose day is told, and their state when the story begins: `101 ready`, `102 paused lunch`. */
  given: [operator: string, ...state: string[]][];
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
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => readStory(name, readFileSync(`${HERE}/${name}`, 'utf8')));
}

export function readStory(file: string, text: string): Story {
  const [upper = '', lower = ''] = text.split(/^-{4,}\s*$/m);
  const story: Story = { file, title: '', notes: [], play: [], only: '', given: [], events: [], lines: [], rows: [] };
  const call = `pbx1-${file.replace(/\W+/g, '-')}`;
  for (const raw of upper.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [word = '', ...rest] = line.split(/\s+/);
    const tail = rest.join(' ');
    if (word === 'story') story.title = tail;
    else if (word === 'note') story.notes.push(tail);
    else if (word === 'play') story.play.push(...tail.split('·').map((step) => step.trim()));
    else if (word === 'only') story.only = tail;
    else if (word === 'given') story.given.push(...tail.split('·').map(words));
    else story.lines.push(toLine(file, T0, call, line));
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

const words = (text: string): [string, ...string[]] => {
  const [operator = '', ...state] = text.trim().split(/\s+/);
  return [operator, ...state];
};
