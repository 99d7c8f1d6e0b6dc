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

/** Operators named on the terminal; the others are there too. */
const NAMED = 3;

/** The address and the logins, as one reads them on a terminal. */
export function welcome(web: string, accounts: Account[], password: string, more: string[]): void {
  const operators = accounts.filter(({ role }) => role === 'operator');
  const named = [...accounts.filter(({ role }) => role !== 'operator'), ...operators.slice(0, NAMED)];
  const rows = named.map(({ login, role, name }) => `${login.padEnd(7)} ${role.padEnd(14)} ${name}`);
  const others =
    operators.length > NAMED ? [`… to ${operators.at(-1)?.login}, each the login of the operator with that phone`] : [];
  const logins = ['login   role           name', ...rows, ...others, `password of all: ${password}`];
  const blocks = [[`Dialhook runs at ${web}`], logins, more, ['Ctrl-C stops everything.']];
  const text = blocks.map((lines) => lines.map((line) => `  ${line}\n`).join('')).join('\n');
  process.stdout.write(`\n${text}\n`);
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
