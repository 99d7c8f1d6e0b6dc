// The fault laboratory: calls go on, harm is done, and a checker compares. Ends with 1 when a promise was broken.
//   make faults                                          every fault, an hour
//   make faults ARGS='--only kill --times 1000 --seed 7'
//   make faults ARGS='--short'                           what "make test" runs of it
//   make faults ARGS='--json FILE --doc'                 keeps the figures in FILE and writes docs/faults.md from them
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Result, runCampaign } from '../test/faults/campaign.js';
import { NEMESES } from '../test/faults/nemeses/index.js';
import { documentOf, lineOf, tableOf } from '../test/faults/report.js';
import { runSweep, SWEEPS } from '../test/faults/sweeps.js';
import { endSharedMariaDb } from './lab/mariadb.js';

const USAGE = `usage: make faults ARGS='[--only NAME,…] [--times N] [--seed N] [--short] [--json FILE] [--doc] [--list] [--help]'\n`;
const HELP = `${USAGE}
Does harm of every kind while simulated calls go on, and compares what was told with what the tables hold. All of it takes an hour.

  --only NAME,…   only these faults
  --times N       do each harm N times
  --seed N        begin with this seed; 1 unless said
  --short         a few strokes of each, as "make test" does
  --json FILE     keep the figures in FILE, beside those of other faults that are there
  --doc           write docs/faults.md from the figures
  --list          show the faults and what harm each does

Ends with 0 when every promise held, 1 when one was broken, 2 when the words were wrong.
`;

/** In the short version every so many-th N of a systematic fault. */
const SHORT_STRIDE = 40;

/** The results of the file with these in the place of those of the same name: a long campaign may be run in parts. */
function kept(path: string, results: readonly Result[]): Result[] {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Result[]) : [];
  const order = [...NEMESES, ...SWEEPS].map(({ name }) => name);
  const all = [...before.filter(({ fault }) => results.every((one) => one.fault !== fault)), ...results];
  return all.sort((a, b) => order.indexOf(a.fault) - order.indexOf(b.fault));
}

const read = () =>
  parseArgs({
    options: {
      only: { type: 'string' },
      times: { type: 'string' },
      seed: { type: 'string', default: '1' },
      short: { type: 'boolean', default: false },
      json: { type: 'string' },
      doc: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;

/** The words of the command line; null when they cannot be read, which it has said then. */
function words(): ReturnType<typeof read> | null {
  try {
    return read();
  } catch (error) {
    // "Unknown option '--x'. To specify a positional argument …": the first sentence is what a person needs.
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    process.stderr.write(`${first}\n${USAGE}`);
    return null;
  }
}

async function main(): Promise<number> {
  const values = words();
  if (values === null) return 2;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.list) {
    for (const { name, harm } of [...NEMESES, ...SWEEPS]) process.stdout.write(`${name.padEnd(20)} ${harm}\n`);
    return 0;
  }
  const known = [...NEMESES, ...SWEEPS].map(({ name }) => name);
  const names = values.only?.split(',') ?? known;
  const unknown = names.filter((name) => !known.includes(name));
  const [times, seed] = [values.times === undefined ? null : Number(values.times), Number(values.seed)];
  if (unknown.length > 0 || !Number.isInteger(seed) || (times !== null && !(times > 0))) {
    process.stderr.write(
      `${unknown.length > 0 ? `there is no fault "${unknown.join('", "')}"; --list shows them\n` : ''}${USAGE}`,
    );
    return 2;
  }
  const results: Result[] = [];
  const progress = (result: Result) => process.stdout.write(`${lineOf(result)}\n`);
  const take = (result: Result) => {
    results.push(result);
    if (result.skipped !== '') process.stdout.write(`SKIPPED ${result.fault}: ${result.skipped}\n`);
    for (const text of result.wrong) process.stdout.write(`  WRONG ${text}\n`);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(kept(values.json, results), null, 2)}\n`);
  };
  for (const nemesis of NEMESES.filter(({ name }) => names.includes(name))) {
    const { short, round, whole } = nemesis.strokes;
    const strokes = times ?? (values.short ? short : whole);
    take(await runCampaign(nemesis, { strokes, perRound: round, seed, progress }));
  }
  for (const sweep of SWEEPS.filter(({ name }) => names.includes(name)))
    take(await runSweep(sweep, { stride: values.short ? SHORT_STRIDE : 1, seed, progress }));
  process.stdout.write(`\n${tableOf(results)}\n`);
  const all = values.json ? kept(values.json, results) : results;
  if (values.doc) writeFileSync(new URL('../docs/faults.md', import.meta.url), documentOf(all, process.argv.slice(2)));
  const skipped = results.filter((result) => result.skipped !== '').length;
  const broken = results.filter((result) => result.wrong.length > 0).length;
  process.stdout.write(`${results.length - broken - skipped} held, ${broken} broken, ${skipped} skipped\n`);
  return broken > 0 || (skipped > 0 && process.env['CI'] === 'true') ? 1 : 0;
}

try {
  process.exitCode = await main();
} finally {
  await endSharedMariaDb();
}
