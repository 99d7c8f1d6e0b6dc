// docs/stories.md: every story as a supervisor would read it, made from the story files and from nothing else.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Story } from '../../test/stories/story.js';
import { sentenceOf } from './sentences.js';

export const STORIES_DOC = fileURLToPath(new URL('../../docs/stories.md', import.meta.url));

/** Families in the order of the document; a story belongs to the first one whose word is in its file's name. */
const FAMILIES: [RegExp, string][] = [
  [/lost|found|unseen|died|forgotten|local-optimised|late-answer/, 'What nobody said, or too late'],
  [/parent/, 'Two PBXs'],
  [/transfer|blind|attended|by-caller/, 'Transfers'],
  [/park/, 'Parking'],
  [/pickup|forward|call-waiting/, 'Picking up, forwarding, a second call'],
  [/wrap-up|wrapup|pause|comes-and-goes|logs-out/, "Operators' states"],
  [/hold|held/, 'Hold'],
  [/supervisor/, 'Supervisors'],
  [/menu|voicemail|conference|record/, 'Menus, messages, conferences, recordings'],
  [/click/, 'Clicks'],
  [/queue|ring-all|customer|last-one|moved|member|places|rejected-then/, 'Queues'],
  [/internal|caller-gives-up|hangs-up|unregistered|silent|two-calls|outbound|unknown/, 'Plain calls'],
];
const ORDER = ['Plain calls', 'Queues', 'Clicks', ...FAMILIES.map(([, name]) => name).reverse()];

/** The family of a story. @throws Error when no word of its name says so. */
export function familyOf({ file }: Pick<Story, 'file'>): string {
  const family = FAMILIES.find(([words]) => words.test(file))?.[1];
  if (family === undefined) throw new Error(`${file}: no family in scripts/stories/doc.ts has a word of this name`);
  return family;
}

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
  const families = [...new Set(ORDER)].flatMap((name) => {
    const own = stories.filter((story) => familyOf(story) === name);
    return own.length === 0 ? [] : [{ name, stories: own }];
  });
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

const headingOf = (story: Story) => `${Number.parseInt(story.file, 10).toString().padStart(2, '0')} ${story.title}`;
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
