// All benches, one after the other: ratios and medians of one run, beside a floor of the same minutes.
//   make bench                     everything, about eight minutes
//   make bench ARGS="agi --short"  one of them, short
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHES = ['agi', 'apply', 'monitor'] as const;
const args = process.argv.slice(2);
const chosen = BENCHES.filter((name) => args.includes(name));
const rest = args.filter((arg) => arg.startsWith('--'));
const unknown = args.filter((arg) => !arg.startsWith('--') && !(BENCHES as readonly string[]).includes(arg));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}"; there are ${BENCHES.join(', ')}.`);
  process.exit(2);
}
for (const name of chosen.length > 0 ? chosen : BENCHES) {
  const file = fileURLToPath(new URL(`./${name}/run.ts`, import.meta.url));
  const code = await new Promise<number>((resolve) => {
    spawn(process.execPath, ['--import', 'tsx', file, ...rest], { stdio: 'inherit' }).on('exit', (status) =>
      resolve(status ?? 1),
    );
  });
  if (code !== 0) process.exit(code);
}
