// docs/stories.md: every story as a supervisor would read it, made from the story files and from nothing else.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Story } from '../../test/stories/story.js';
import { sentenceOf } from './sentences.js';

export const STORIES_DOC = fileURLToPath(new URL('../../docs/stories.md', import.meta.url));

/** Families by the number of their last story; a number belongs to the first family that reaches it. */
const FAMILIES: [number, string][] = [
  [6, 'Calls between colleagues'],
  [10, 'Queues'],
  [23, 'Clicks, keys, transfers and what goes wrong'],
  [99, 'More'],
];

const HEAD = `# Stories

Every story here is a test. It is told to the fold in its own order and in 200 shuffled ones with every event twice, and played
on a real Asterisk 16 and a real Asterisk 22 with real phones; \`make stories\` does that and prints what became of each.
The first part of a story is what the hooks, the manager interface and the server say, with seconds from its start; the second is what
the tables then hold. This file is made from \`test/stories/*.txt\` by \`make stories-doc\`: edit those.
`;

/** A story's file as it stands. */
export const storyText = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../../test/stories/${file}`, import.meta.url)), 'utf8');

/** The whole document; `textOf` gives a story's file. */
export function storiesDoc(stories: readonly Story[], textOf: (file: string) => string): string {
  const families = FAMILIES.map(([last, name], i) => ({
    name,
    stories: stories.filter((story) => number(story) <= last && number(story) > (FAMILIES[i - 1]?.[0] ?? 0)),
  })).filter((family) => family.stories.length > 0);
  const contents = families.flatMap((family) => [
    '',
    `**${family.name}**`,
    '',
    ...family.stories.map((story) => `- [${headingOf(story)}](#${anchorOf(headingOf(story))})`),
  ]);
  const bodies = families.flatMap((family) => [
    '',
    `## ${family.name}`,
    ...family.stories.flatMap((story) => ['', ...bodyOf(story, textOf(story.file))]),
  ]);
  return `${[HEAD.trimEnd(), ...contents, ...bodies].join('\n')}\n`;
}

const number = (story: Story) => Number(story.file.slice(0, 2));
const headingOf = (story: Story) => `${story.file.slice(0, 2)} ${story.title}`;
/** As GitHub makes them: small letters, spaces to hyphens, everything else but letters, digits, - and _ left out. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

function bodyOf(story: Story, text: string): string[] {
  const [upper = ''] = text.split(/^-{4,}\s*$/m);
  const events = upper.split('\n').filter((line) => /^\s*\d+\.\d{3}\s/.test(line));
  return [
    `### ${headingOf(story)}`,
    '',
    ...story.notes.flatMap((note) => [note, '']),
    ...scriptOf(story),
    'What is said:',
    '',
    ...events.map((line) => `    ${line.trimEnd()}`),
    '',
    'What the tables hold:',
    '',
    ...story.rows.map((row) => `- ${sentenceOf(row)}`),
  ];
}

function scriptOf({ play, only, given }: Story): string[] {
  const begins = given.map(([operator, ...state]) => `${operator} is ${state.join(' ')}`).join(', ');
  const lines = begins === '' ? [] : [`When it begins: ${begins}.`, ''];
  if (play.length > 0) return [...lines, `How it is played: ${play.join(' · ')}`, ''];
  return only === '' ? lines : [...lines, `Only on the fold: ${only}`, ''];
}
