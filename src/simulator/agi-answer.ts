// Pure. What Asterisk answers to a FastAGI command (res_agi.c, agi_handle_command): 200, 510, 511 on a dead channel, 520.

/** State of one session: the channel's variables, and whether the channel has been hung up. */
export interface AgiState {
  variables: Map<string, string>;
  dead: boolean;
}

/** First words of the commands that a dead channel refuses. */
const ALIVE_ONLY = [
  'ANSWER',
  'CHANNEL STATUS',
  'CONTROL STREAM FILE',
  'GET DATA',
  'GET OPTION',
  'HANGUP',
  'RECEIVE CHAR',
  'RECORD FILE',
  'SAY',
  'SEND IMAGE',
  'SEND TEXT',
  'STREAM FILE',
  'WAIT FOR DIGIT',
];
const HARMLESS = [
  'DATABASE',
  'EXEC',
  'NOOP',
  'SET AUTOHANGUP',
  'SET CALLERID',
  'SET CONTEXT',
  'SET EXTENSION',
  'SET MUSIC',
  'SET PRIORITY',
  'TDD MODE',
  'VERBOSE',
];
const UNAVAILABLE = '200 result=0\n';
const DONE = '200 result=1\n';
const STATE_UP = 6;

/** The answer to one command line, line feeds included. */
export function answer(command: string, state: AgiState): string {
  const words = split(command);
  const name = words.join(' ').toUpperCase();
  const starts = (start: string) => name === start || name.startsWith(`${start} `);
  if (starts('SET VARIABLE')) return setVariable(words, state);
  if (starts('GET VARIABLE')) return getVariable(words[2] ?? '', state);
  if (starts('GET FULL VARIABLE')) return getVariable(/^\$\{(.*)\}$/.exec(words[3] ?? '')?.[1] ?? '', state);
  if (ALIVE_ONLY.some(starts)) {
    if (state.dead) return '511 Command Not Permitted on a dead channel or intercept routine\n';
    return starts('CHANNEL STATUS') ? `200 result=${STATE_UP}\n` : UNAVAILABLE;
  }
  return HARMLESS.some(starts) ? DONE : '510 Invalid or unknown command\n';
}

function setVariable(words: string[], state: AgiState): string {
  const [, , name, value] = words;
  if (name === undefined || value === undefined)
    return '520-Invalid command syntax.  Proper usage follows:\nUsage: SET VARIABLE <variablename> <value>\n520 End of proper usage.\n';
  state.variables.set(name, value);
  return DONE;
}

function getVariable(name: string, state: AgiState): string {
  const value = state.variables.get(name);
  return value === undefined ? UNAVAILABLE : `200 result=1 (${value})\n`;
}

/** Words of a command line; `"` holds words together, a backslash takes the next character as it is. */
function split(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? '';
    if (char === '\\' && i + 1 < line.length) word = (word ?? '') + (line[++i] ?? '');
    else if (char === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (char === ' ' && !quoted) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + char;
  }
  return word === null ? words : [...words, word];
}
