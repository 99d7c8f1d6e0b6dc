// Pure. The results as a line, a table, and the page docs/faults.md.
import type { Result } from './campaign.js';

const HEAD = [
  'fault',
  'runs',
  'events',
  'spooled',
  'lost',
  'doubled',
  'worst bounded',
  'worst side',
  'floor',
  'late',
  'seconds',
];
const ms = (value: number) => `${Math.round(value)} ms`;

const cells = (result: Result): string[] => [
  result.fault,
  ...[result.runs, result.events, result.spooled, result.lost, result.doubled].map(String),
  ms(result.worstMain),
  ms(result.worstSide),
  ms(result.floor),
  String(result.late),
  result.seconds.toFixed(0),
];

/** What a campaign has found so far, on one line. */
export function lineOf(result: Result): string {
  const [name = '', runs, events, spooled, lost, doubled, main, side, floor, late, seconds] = cells(result);
  return `${name.padEnd(18)} ${runs} runs, ${events} events (${spooled} by the spool), ${lost} lost, ${doubled} doubled, worst ${main} bounded, ${side} side (floor ${floor}), ${late} late, ${seconds} s`;
}

/** The results as a table of Markdown. */
export function tableOf(results: readonly Result[]): string {
  const rows = [
    HEAD,
    HEAD.map(() => '---'),
    ...results.map((r) => (r.skipped === '' ? cells(r) : [r.fault, `skipped: ${r.skipped}`])),
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** docs/faults.md, from a measured run. */
export function documentOf(results: readonly Result[], args: readonly string[]): string {
  const runs = results.reduce((sum, { runs }) => sum + runs, 0);
  const events = results.reduce((sum, { events }) => sum + events, 0);
  return `# What breaks, and what that does to the calls

\`make faults\` lets calls go on while it does harm, and compares what the callers' side knows with what the tables hold.
This page is written by \`make faults ARGS='${args.join(' ')}'\`: ${results.length} faults, done ${runs} times, ${events} events.

${tableOf(results)}

- **runs**: times the harm was done; **events**: event lines that the calls had to tell; **spooled**: those that no server
  confirmed, so that they came by the spool file. **lost** and **doubled** are counted by the event's id.
- **worst bounded**: the longest that a hook on the main line of a call held it; **worst side**: the same in \`b()\`, \`U()\` and
  hangup handlers, where Asterisk bounds nothing. **floor**: the longest wait for a server that does nothing at all, asked in the
  same minutes: what the busy machine adds. **late**: hooks beyond budget + 5 × floor; more than one in a thousand (and more than two) is a broken promise.
- Not measured: the last instant of a round, in which all callers hang up at once.
- Beside this, each round checks: every line is stored as it was sent; no call is left in \`rt_*\`; the rows of the calls are
  the fold of their events; \`rebuild --dry-run\` finds no difference; nothing was kept aside that was not torn by the fault.

## The faults

| fault | harm |
|---|---|
${results.map(({ fault, harm }) => `| ${fault} | ${harm} |`).join('\n')}
`;
}
