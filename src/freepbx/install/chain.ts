// Pure. A hook that the site has already: our one line goes into it, where it surely runs, and the site's text stays.
import { insert, join, type Line, MARK, replaced, split } from './text.js';
import { type Statement, withoutComment } from './tree.js';

/** One priority of an extension of the site. */
interface Step {
  at: number;
  exten: string;
  /** `1`, `n`, `n+2`. */
  priority: string;
  label: string;
  app: string;
  data: string;
}

export interface Chained {
  /** The file with our line in it; null when that must be done by hand. */
  text: string | null;
  /** What was done, or why not, for a person. */
  says: string;
  /** What is wrong with the site's hook itself. */
  warnings: string[];
}

const EXTEN = /^\s*exten\s*=>?\s*([^,]+),\s*([^,(]+)(?:\(([^)]*)\))?\s*,\s*(\w+)\s*(.*)$/i;
const SAME = /^\s*same\s*=>?\s*([^,(]+)(?:\(([^)]*)\))?\s*,\s*(\w+)\s*(.*)$/i;
const HEADER = /^\s*\[([^\]]+)\]/;
const ENDS = /^(return|macroexit)$/i;
const JUMPS = /^(goto|gotoif|gotoiftime|macroif|while|endwhile|exitwhile|hangup|congestion|busy)$/i;
/** An application inside another that leaves the hook. */
const LEAVES = /\?\s*(return|macroexit|goto|hangup)\b|:\s*(return|macroexit|goto|hangup)\b/i;
/** Both ways in: inside a Macro() it does nothing, and Asterisk runs off the end; inside a Gosub() it returns. */
const NEUTRAL_END = `ExecIf($[0\${MACRO_DEPTH}=0]?Return())`;

/** What goes into which hook of the site. */
export interface ChainAsked {
  context: string;
  exten: string;
  /** Our line: an application with its arguments. */
  gosub: string;
  /** `end`: before its end, where ours sees the options as the site left them; `first`: before anything else. */
  place: 'end' | 'first';
}

/** Names of the extensions that a context has of its own, over all its sections in this file. */
export const extensionsOf = (lines: readonly Line[], context: string): string[] => [
  ...new Set(stepsOf(lines, context).map(({ exten }) => exten)),
];

/** The priorities of a context, over all its sections in this file; `at` are line numbers from 0. */
export function stepsOf(lines: readonly Line[], context: string): Step[] {
  const steps: Step[] = [];
  let [inside, exten] = [false, ''];
  for (const [at, line] of lines.entries()) {
    const text = withoutComment(line.text);
    const header = HEADER.exec(text)?.[1];
    if (header !== undefined) inside = header === context;
    if (!inside || header !== undefined) continue;
    const own = EXTEN.exec(text);
    const same = own === null ? SAME.exec(text) : null;
    if (own !== null) exten = own[1]?.trim() ?? '';
    const [priority, label = '', app, data = ''] = own?.slice(2) ?? same?.slice(1) ?? [];
    if (priority !== undefined && app !== undefined)
      steps.push({ at, exten, priority: priority.trim(), label, app, data: data.trim() });
  }
  return steps;
}

/**
 * Puts our line into a hook of the site. One that jumps gets it as its first line, because only the first line surely runs.
 * @param macros whether this FreePBX calls its hooks by Macro() (15, 16) or by Gosub() (17)
 */
export function chain(text: string, asked: ChainAsked, macros: boolean): Chained {
  const lines = split(text);
  const steps = stepsOf(lines, asked.context).filter(({ exten }) => exten === asked.exten);
  const last = steps.at(-1);
  if (last === undefined) return byHand(asked, 'it has no such extension of its own', []);
  const warnings = faultsOf(steps, asked.context, macros);
  // An end that is all there is has the number 1, which ours must take.
  const alone = steps.length === 1 && ENDS.test(last.app);
  if (asked.place === 'first' || alone || !straight(steps)) return asFirst(lines, steps, asked, warnings);
  const line = `exten => ${asked.exten},n,${asked.gosub}${MARK}`;
  if (!ENDS.test(last.app)) return done(insert(lines, last.at + 1, [line]), 'after its last line', warnings);
  if (last.priority === 'n') return done(insert(lines, last.at, [line]), 'before its end', warnings);
  const end = lines[last.at]?.text ?? '';
  const moved = end.replace(/^(\s*(?:exten\s*=>?\s*[^,]+,|same\s*=>?))(\s*)[^,(]+/i, '$1$2n');
  return done(exchange(lines, last.at, [line, ...replaced(end, moved)]), 'before its end', warnings);
}

function asFirst(lines: readonly Line[], steps: readonly Step[], asked: ChainAsked, warnings: string[]): Chained {
  const [first, ...rest] = steps;
  const numbers = rest.some(({ priority }) => !priority.startsWith('n'));
  if (first?.priority !== '1' || numbers || steps.some(jumpsByNumber))
    return byHand(asked, 'its priorities are numbers, which would have to be counted anew', warnings);
  const head = lines[first.at]?.text ?? '';
  const moved = head.replace(/^(\s*exten\s*=>?\s*[^,]+,\s*)1/i, '$1n');
  const texts = [`exten => ${asked.exten},1,${asked.gosub}${MARK}`, ...replaced(head, moved)];
  return done(exchange(lines, first.at, texts), 'as its first line', warnings);
}

const done = (lines: Line[], says: string, warnings: string[]): Chained => ({ text: join(lines), says, warnings });

const byHand = ({ context, exten, gosub }: ChainAsked, why: string, warnings: string[]): Chained => ({
  text: null,
  says: `[${context}] of this site can not be extended by itself: ${why}. Put this line into it where it always runs: exten => ${exten},n,${gosub}`,
  warnings,
});

/** The lines with one of them exchanged for `texts`, of which the last takes over its ending. */
function exchange(lines: readonly Line[], at: number, texts: readonly string[]): Line[] {
  const own = lines[at]?.end ?? '';
  const end = own || lines[0]?.end || '\n';
  const made = texts.map((text, i) => ({ text, end: i === texts.length - 1 ? own : end }));
  return [...lines.slice(0, at), ...made, ...lines.slice(at + 1)];
}

function straight(steps: readonly Step[]): boolean {
  const [before, last] = [steps.slice(0, -1), steps.at(-1)];
  const leaves = ({ app, data }: Step) => JUMPS.test(app) || LEAVES.test(data);
  return (
    !before.some((one) => leaves(one) || ENDS.test(one.app)) && last !== undefined && !leaves(last) && last.label === ''
  );
}

/** `Goto(5)`, `?4:7`: to be right after a line was put in, they would have to be counted anew. */
const jumpsByNumber = ({ app, data }: Step) =>
  (/^goto$/i.test(app) && /^\((?:s,)?\d+\)/.test(data)) || (JUMPS.test(app) && /[?:](?:s,)?\d+\b/.test(data));

function faultsOf(steps: readonly Step[], context: string, macros: boolean): string[] {
  if (!context.endsWith('-predial-hook')) return [];
  const uses = (name: RegExp) => steps.some(({ app, data }) => name.test(app) || name.test(data.replace(/^\(/, '?')));
  const last = steps.at(-1);
  const ends = last !== undefined && (ENDS.test(last.app) || LEAVES.test(last.data) || JUMPS.test(last.app));
  const text = (what: string, happens: string) =>
    `[${context}] of this site ${what}: on this FreePBX ${happens}. End it with: exten => s,n,${NEUTRAL_END}`;
  if (!macros && uses(/\bmacroexit\b/i)) return [text('says MacroExit()', 'every call through it dies')];
  if (!macros && uses(/^macro$/i)) return [text('calls Macro()', 'every call through it dies')];
  if (!macros && !ends) return [text('has no end', 'every call through it dies')];
  if (macros && steps.some(({ app }) => /^return$/i.test(app)))
    return [text('says Return()', 'every call through it dies')];
  return [];
}

/** A priority with all that is around it. */
export interface Call extends Omit<Step, 'at'> {
  context: string;
  file: string;
  line: number;
}

/** Every priority of a dialplan, in the order in which Asterisk meets it. */
export function callsOf(statements: readonly Statement[]): Call[] {
  let [section, exten] = ['', ''];
  return statements.flatMap((one) => {
    if (one.section !== section) [section, exten] = [one.section, ''];
    const own = EXTEN.exec(one.text);
    if (own !== null) exten = own[1]?.trim() ?? '';
    const [priority, label = '', app, data = ''] = own?.slice(2) ?? SAME.exec(one.text)?.slice(1) ?? [];
    if (priority === undefined || app === undefined) return [];
    const { file, line } = one;
    return [{ context: section, exten, priority: priority.trim(), label, app, data: data.trim(), file, line }];
  });
}
