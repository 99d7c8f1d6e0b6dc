// Pure. What a run of the stories says at its end: failures in full, a table with a row a story, and a line of totals.

/** Where a story is tried, in the order of the columns. */
export const PLACES = ['fold', 'shuffled', '16', '22'] as const;
export type Place = (typeof PLACES)[number];

export interface Cell {
  state: 'ok' | 'FAILED';
  seconds: number;
  /** Why it failed. */
  text: string;
}

export interface Row {
  file: string;
  title: string;
  /** Why no PBX can play it; empty when one can. */
  only: string;
  cells: Partial<Record<Place, Cell>>;
}

export interface Report {
  rows: Row[];
  /** What must hold over all stories of a place. */
  whole: { title: string; place: Place; cell: Cell }[];
  /** Places that could not be tried. */
  missing: { place: Place; reason: string }[];
  seconds: number;
}

const NAMES: Record<Place, string> = { fold: 'fold', shuffled: 'shuffled', '16': 'Asterisk 16', '22': 'Asterisk 22' };

/** The report as text; its last line holds the totals. */
export function formatTable(report: Report, ci: boolean): string {
  const rows = report.rows.map(({ file, only, cells }) => {
    const name = file.replace(/\.txt$/, '');
    if (only === '') return [name, ...PLACES.map((place) => cellOf(report, place, cells[place]))];
    return [
      name,
      cellOf(report, 'fold', cells.fold),
      cellOf(report, 'shuffled', cells.shuffled),
      `only on the fold: ${only}`,
    ];
  });
  const whole = [...new Set(report.whole.map(({ title }) => title))].map((title) => [
    title,
    ...PLACES.map((place) => {
      const cell = report.whole.find((one) => one.title === title && one.place === place)?.cell;
      return cell === undefined ? '' : shown(cell);
    }),
  ]);
  const absent = report.missing.map(({ place, reason }) => `NOT RUN: ${NAMES[place]}: ${reason}`);
  const rule = ci && absent.length > 0 ? ['CI=true: a PBX that is missing is a failure.'] : [];
  const table = columns([['story', ...PLACES.map((place) => NAMES[place])], ...rows, ...whole]);
  return ['', ...failuresOf(report), ...table, '', ...absent, ...rule, totalsOf(report)].join('\n');
}

/** 0 when every story was tried everywhere and was right; a missing PBX counts under CI. */
export function exitCode(report: Report, ci: boolean): 0 | 1 {
  return failed(report).length > 0 || untried(report).length > 0 || (ci && report.missing.length > 0) ? 1 : 0;
}

const isMissing = (report: Report, place: Place) => report.missing.some((one) => one.place === place);

function cellOf(report: Report, place: Place, cell: Cell | undefined): string {
  if (cell) return shown(cell);
  return isMissing(report, place) ? 'not run' : 'NOT TRIED';
}

const shown = ({ state, seconds }: Cell) => `${state} ${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;

interface Wrong {
  what: string;
  place: Place;
  text: string;
}

function failed(report: Report): Wrong[] {
  const all = [
    ...report.rows.flatMap(({ file, cells }) => PLACES.map((place) => ({ what: file, place, cell: cells[place] }))),
    ...report.whole.map(({ title, place, cell }) => ({ what: title, place, cell })),
  ];
  return all.flatMap(({ what, place, cell }) => (cell?.state === 'FAILED' ? [{ what, place, text: cell.text }] : []));
}

/** A story that left no result anywhere: its test did not run, and green would be a lie. */
function untried(report: Report): Wrong[] {
  return report.rows.flatMap(({ file, only, cells }) =>
    PLACES.filter((place) => !cells[place] && !isMissing(report, place))
      .filter((place) => only === '' || place === 'fold' || place === 'shuffled')
      .map((place) => ({ what: file, place, text: 'it was not tried' })),
  );
}

const failuresOf = (report: Report): string[] =>
  failed(report).flatMap(({ what, place, text }) => [
    `FAILED ${NAMES[place]}: ${what}`,
    ...text.split('\n').map((line) => `  ${line}`),
    '',
  ]);

function totalsOf(report: Report): string {
  const cells = report.rows.flatMap(({ cells }) => Object.values(cells));
  const ok = cells.filter((cell) => cell.state === 'ok').length;
  const folded = report.rows.filter(({ only }) => only !== '').length;
  const wrong = failed(report).length + untried(report).length;
  const words = [
    `${report.rows.length} stories`,
    ...(folded > 0 ? [`${folded} of them only on the fold`] : []),
    `${ok} ok`,
    `${wrong} failed`,
  ];
  return `${words.join(', ')}, ${report.seconds.toFixed(0)} s`;
}

/** Pads every column to its widest cell; the last cell of a row may be as long as it likes. */
function columns(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.slice(0, -1).forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, i) => (i < row.length - 1 ? cell.padEnd((widths[i] ?? 0) + 2) : cell))
      .join('')
      .trimEnd(),
  );
}
