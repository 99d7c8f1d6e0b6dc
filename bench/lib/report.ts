// What a room found: a table on its own screen, and the same rows for the table of all rooms.
import { load } from './machine.js';

export interface Figure {
  what: string;
  ours: string;
  /** The floor of the same minutes, or the aim. */
  beside: string;
  /** Null: nothing is to be reached, it is only told. */
  reached: boolean | null;
}

/** What a room tells who started it. */
export interface Told {
  figures: Figure[];
}

const WORDS = { true: 'yes', false: '**no**', null: '–' } as const;
const row = ({ what, ours, beside, reached }: Figure) => `| ${what} | ${ours} | ${beside} | ${WORDS[`${reached}`]} |`;

/** The table as bench/results.md has it. */
export const table = (figures: readonly Figure[]): string =>
  ['| what | ours | floor or aim | reached |', '|---|---|---|---|', ...figures.map(row)].join('\n');

/** Prints what a room found. Alone it ends with its table; under `make bench` the table of all rooms follows. */
export function tell(figures: Figure[]): void {
  console.log(`\n${table(figures)}\n\nload at the end ${load()}`);
  process.send?.({ figures } satisfies Told);
}
