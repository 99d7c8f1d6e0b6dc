// Runs the stories' own tests and puts down what became of each story at each place. The tests are those of `make test`.
import type { Story } from '../../test/stories/story.js';
import { asteriskTree } from '../lab/asterisk-tree.js';
import type { Note } from '../test/note.js';
import { runSuite } from '../test/suite.js';
import { type Cell, PLACES, type Place, type Report, type Row } from './table.js';

/** All stories on one Asterisk, seconds. */
const LIMIT_SECONDS = 420;

/** Runs everything, one place after the other; `pattern` is what chose the stories, '' for all. */
export async function runStories(
  stories: readonly Story[],
  pattern: string,
  print: (line: string) => void,
): Promise<Report> {
  const report: Report = { rows: stories.map(rowOf), whole: [], missing: [], seconds: 0 };
  const started = performance.now();
  const take = (place: Place | null) => (note: Note) => {
    if (note.kind !== 'pass' && note.kind !== 'fail') return;
    const said = put(
      report,
      place ?? (/\brandom orders\b/.test(note.title) ? 'shuffled' : 'fold'),
      note,
      pattern === '',
    );
    if (said !== '') print(said);
  };
  const run = async (place: Place | null, files: string[], env: Record<string, string>) => {
    const suite = place === null ? 'the fold' : `Asterisk ${place}`;
    print(`\n${suite}`);
    const quiet = (line: string) => line.startsWith('    | ') && print(line);
    const result = await runSuite({
      suite,
      files,
      env,
      limitSeconds: LIMIT_SECONDS,
      print: quiet,
      onNote: take(place),
    });
    // What went wrong with the process itself belongs to no story.
    for (const { title, text } of result.failures.filter((one) => one.file === ''))
      report.whole.push({ title, place: place ?? 'fold', cell: { state: 'FAILED', seconds: 0, text } });
  };
  await run(null, ['test/stories/stories.test.ts'], {});
  for (const version of ['16', '22'] as const) {
    try {
      await asteriskTree(version);
    } catch (error) {
      report.missing.push({ place: version, reason: error instanceof Error ? error.message : String(error) });
      continue;
    }
    const only = pattern === '' ? {} : { DIALHOOK_STORIES: pattern };
    await run(version, ['test/stories/stories.pbx.test.ts'], { DIALHOOK_AST: version, ...only });
  }
  report.seconds = (performance.now() - started) / 1000;
  return report;
}

function rowOf({ file, title, play, only }: Story): Row {
  const cells: Row['cells'] = {};
  if (play.length === 0 && only === '') {
    const text = 'it has neither a line `play` nor a line `only` that says why a PBX cannot play it';
    for (const place of PLACES.slice(2)) cells[place] = { state: 'FAILED', seconds: 0, text };
  }
  return { file, title, only: play.length === 0 ? only : '', cells };
}

/** Puts a test's result into the table; gives a line for those who watch, '' when it is of a story that was not chosen. */
function put(report: Report, place: Place, note: Note & { kind: 'pass' | 'fail' }, all: boolean): string {
  const cell: Cell = {
    state: note.kind === 'pass' ? 'ok' : 'FAILED',
    seconds: note.seconds,
    text: note.kind === 'fail' ? note.text : '',
  };
  const file = /\b(\d\d\S*\.txt): /.exec(note.title)?.[1];
  const row = report.rows.find((one) => one.file === file);
  if (row) row.cells[place] = cell;
  else if (file === undefined && (all || note.kind === 'fail'))
    report.whole.push({ title: note.title.replace(/^stories on \S+ \S+ (Asterisk \d+ )?/, ''), place, cell });
  else return '';
  if (place === 'fold' || place === 'shuffled')
    return cell.state === 'FAILED' ? `    FAILED  ${file ?? note.title}` : '';
  return `    ${cell.state.padEnd(6)} ${cell.seconds.toFixed(1).padStart(5)} s  ${file ?? note.title}`;
}
