// What the process that runs mocha tells the runner: one line of standard output each, after a mark that no test prints.

export type Note =
  | { kind: 'test'; file: string; title: string }
  | { kind: 'pass'; file: string; title: string; seconds: number }
  | { kind: 'pending'; file: string; title: string }
  | { kind: 'fail'; file: string; title: string; text: string; seconds: number }
  | { kind: 'end' }
  /** The tests are over, but something keeps the process alive. */
  | { kind: 'leak'; resources: string[] };

const MARK = '\u001e';

export const writeNote = (note: Note): string => `\n${MARK}${JSON.stringify(note)}\n`;

/** The note in a line, or null when the line is a test's own output. */
export function readNote(line: string): Note | null {
  return line.startsWith(MARK) ? (JSON.parse(line.slice(MARK.length)) as Note) : null;
}
