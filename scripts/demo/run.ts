// What both demos share: build, keep running until stopped, stop everything in order.
import { onLeaving } from '../lab/leaving.js';
import { run } from '../lab/process.js';
import type { Account } from './accounts.js';
import type { DemoOptions } from './options.js';

/** Compiles src/ to dist/, and lets every `dialhook` started from here be the built one. */
export async function build(): Promise<void> {
  await run('build', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    timeoutMs: 180_000,
  });
  process.env['DIALHOOK_BUILT'] = '1';
}

/** The address and the logins, as one reads them on a terminal. */
export function welcome(web: string, accounts: Account[], password: string, more: string[]): void {
  const rows = accounts.map(
    ({ login, role, name, operator }) =>
      `  ${login.padEnd(7)} ${role.padEnd(14)} ${operator === '' ? name : `${name}, phone ${operator}`}`,
  );
  const lines = [
    '',
    `  Dialhook runs at ${web}`,
    '',
    '  login   role',
    ...rows,
    '',
    `  password of all: ${password}`,
    ...more.map((line) => `  ${line}`),
    '',
    '  Ctrl-C stops everything.',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/**
 * Runs a demo: `start` sets everything up and gives what ends it and how it is stopped. Ends the process: 0 after its
 * time or Ctrl-C, 1 when something ended that should not.
 */
export async function runDemo(
  options: DemoOptions,
  start: (closers: (() => Promise<unknown>)[]) => Promise<Promise<string>[]>,
): Promise<void> {
  const closers: (() => Promise<unknown>)[] = [];
  const stopAll = async () => {
    for (const close of closers.splice(0).reverse()) await close().catch(tell);
  };
  let interrupted = false;
  onLeaving(async () => {
    interrupted = true;
    process.stdout.write('\ndemo: stopping\n');
    await stopAll();
    process.exit(0);
  });
  try {
    const ends = await start(closers);
    const time = options.seconds === null ? [] : [later(options.seconds * 1000)];
    const why = await Promise.race([...ends, ...time]);
    if (interrupted) return;
    process.stdout.write(`demo: ${why}; stopping\n`);
    await stopAll();
    process.exit(why === TIME_IS_OVER ? 0 : 1);
  } catch (error) {
    if (interrupted) return;
    tell(error);
    await stopAll();
    process.exit(1);
  }
}

const TIME_IS_OVER = 'its time is over';
const later = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve(TIME_IS_OVER), ms));
const tell = (error: unknown) =>
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
