// Pure. A row of a story's lower part as a sentence. A row whose form is not known stays as it is.

const words = (text: string) => text.replace(/_/g, ' ');

const LEFT: Record<string, string> = {
  operator: 'the operator left first',
  party: 'the other side left first',
  system: 'the PBX ended it',
  nobody: 'nobody is known to have ended it',
};
const OUTCOMES: Record<string, string> = {
  answered: 'answered after',
  rang_out: 'let it ring for',
  rejected: 'refused it after',
  unreachable: 'could not be reached, tried for',
  caller_gone: 'rang until the caller was gone, for',
  answered_elsewhere: 'rang until somebody else answered, for',
  in_progress: 'still rings, for',
};
const DIRECTIONS: Record<string, string> = {
  in: 'from outside',
  out: 'to the outside',
  internal: 'between colleagues',
};

type Form = [RegExp, (...found: string[]) => string];

const FORMS: Form[] = [
  [
    /^call (\w+) (.+) → (.*?) ?(\w+) (\S+) – (\S+) ended by (\S+)$/,
    (direction, from, to, outcome, start, end, by) =>
      `A call ${DIRECTIONS[direction] ?? direction}, ${from} to ${to || 'nowhere'}, from ${start} to ${end}: **${words(outcome)}**${by === '-' ? '' : `, ended by the ${by}`}.`,
  ],
  [
    /^visit (\S+) (\w+) wait (\S+)(?: by (\S+))?(?: place (\d+))?$/,
    (queue, outcome, wait, by, place) =>
      `In the queue ${queue}${place ? ` at place ${place}` : ''}: **${words(outcome)}**${by ? ` by ${by}` : ''} after a wait of ${wait} s.`,
  ],
  [
    /^(?:offer|leg) (\S+) (\w+) (\S+)$/,
    (who, outcome, length) => `${who} ${OUTCOMES[outcome] ?? `${words(outcome)},`} ${length} s.`,
  ],
  [
    /^leg trunk → (\S+) (\w+) (\S+)$/,
    (number, outcome, length) => `trunk, to ${number}, ${OUTCOMES[outcome] ?? `${words(outcome)},`} ${length} s.`,
  ],
  [
    /^talk (\S+) ↔ (\S+) (?:(\w+) ended|(transferred)) (\S+) – (\S+)(?: hold (\S+))?$/,
    (operator, party, who, transferred, start, end, hold) =>
      `${operator} and ${party} talk from ${start} to ${end}${hold ? `, ${hold} s of it on hold` : ''}; ${transferred ? 'one of them is handed on' : (LEFT[who] ?? `${who} ended it`)}.`,
  ],
  [/^joined (\d+) calls$/, (n) => `${n} calls of the PBX became this one.`],
  [/^parent (.*)$/, (what) => `It came from ${what}.`],
  [/^operator (\S+) (.*)$/, (who, states) => `The day of ${who}: ${states}.`],
  [/^odd (.*)$/, (what) => `Odd: ${what}.`],
];

/** The sentence for a row, in Markdown. */
export function sentenceOf(row: string): string {
  const tidy = row.trim().replace(/\s+/g, ' ');
  for (const [form, say] of FORMS) {
    const found = form.exec(tidy);
    if (found) return say(...found.slice(1));
  }
  const step = /^step (\w+) (.*?) (\d+\.\d{3})(?: – (\S+))?(?: (\d+ s long))?(?: seen by (\w+))?$/.exec(tidy);
  if (!step) return tidy;
  const [, kind = '', what = '', start, end, length, source] = step;
  const when = end === undefined ? `at ${start}` : `from ${start} to ${end}`;
  const more = [length, source && `known from the ${SOURCES[source] ?? source}`].filter((one) => one !== undefined);
  return `${capital(kind)}: ${[`${words(what)}, ${when}`, ...more].join(', ')}.`;
}

const SOURCES: Record<string, string> = { ami: 'manager interface', server: 'server' };

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
