// The fault laboratory: calls go on, harm is done, and a checker compares. Ends with 1 when a promise was broken.
//   make faults                                          every fault, an hour
//   make faults ARGS='--only kill --times 1000 --seed 7'
//   make faults ARGS='--short'                           what "make test" runs of it
//   make faults ARGS='--doc'                             and writes docs/faults.md
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Result, runCampaign } from '../test/faults/campaign.js';
import { NEMESES } from '../test/faults/nemeses/index.js';
import { documentOf, lineOf, tableOf } from '../test/faults/report.js';
import { endSharedMariaDb } from './lab/mariadb.js';

const USAGE = `usage: make faults ARGS='[--only NAME,…] [--times N] [--seed N] [--short] [--json FILE] [--doc] [--list]'\n`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      times: { type: 'string' },
      seed: { type: 'string', default: '1' },
      short: { type: 'boolean', default: false },
      json: { type: 'string' },
      doc: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const { name, harm } of NEMESES) process.stdout.write(`${name.padEnd(20)} ${harm}\n`);
    return 0;
  }
  const names = values.only?.split(',') ?? NEMESES.map(({ name }) => name);
  const unknown = names.filter((name) => NEMESES.every((nemesis) => nemesis.name !== name));
  const [times, seed] = [values.times === undefined ? null : Number(values.times), Number(values.seed)];
  if (unknown.length > 0 || !Number.isInteger(seed) || (times !== null && !(times > 0))) {
    process.stderr.write(
      `${unknown.length > 0 ? `there is no fault "${unknown.join('", "')}"; --list shows them\n` : ''}${USAGE}`,
    );
    return 2;
  }
  const results: Result[] = [];
  for (const nemesis of NEMESES.filter(({ name }) => names.includes(name))) {
    const { short, round, whole } = nemesis.strokes;
    const strokes = times ?? (values.short ? short : whole);
    const progress = (result: Result) => process.stdout.write(`${lineOf(result)}\n`);
    const result = await runCampaign(nemesis, { strokes, perRound: round, seed, progress });
    results.push(result);
    if (result.skipped !== '') process.stdout.write(`SKIPPED ${nemesis.name}: ${result.skipped}\n`);
    for (const text of result.wrong) process.stdout.write(`  WRONG ${text}\n`);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  process.stdout.write(`\n${tableOf(results)}\n`);
  if (values.doc)
    writeFileSync(new URL('../docs/faults.md', import.meta.url), documentOf(results, process.argv.slice(2)));
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
