// Dialhook itself as a program of its own: started as a user would, stopped, killed or frozen as a test needs it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './leaving.js';
import { type Child, type Exit, startChild } from './process.js';
import { ended, whenReady } from './service.js';
import { until, within } from './wait.js';

export interface ServerOptions {
  /** DIALHOOK_* options; the lab sets the data folder and lets both ports be any free one unless said here. */
  env?: Record<string, string>;
  /** Arguments after `serve`. */
  args?: string[];
  /** Program and first arguments of `dialhook`, when it is not the one of dialhookCommand(). */
  command?: readonly [string, ...string[]];
  /** Milliseconds until it must be ready; 60,000 unless said. */
  deadline?: number;
  logFile?: string;
}

export interface Server {
  /** host:port of the FastAGI server, '' when that role is off. */
  readonly agi: string;
  /** Base address of the pages, without a slash at the end; '' when that role is off. */
  readonly web: string;
  readonly dataDir: string;
  /** All DIALHOOK_* options it was started with; give them to startServer() to start it again. */
  readonly env: Record<string, string>;
  readonly child: Child;
  stop(): Promise<Exit>;
  kill(): Promise<Exit>;
  freeze(): void;
  thaw(): void;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY = /^dialhook ready\b(.*)$/m;

/** Program and arguments of `dialhook …`: the built one with DIALHOOK_BUILT=1, else the source. */
export function dialhookCommand(args: string[]): [string, string[]] {
  const built = join(ROOT, 'dist/src/main.js');
  if (process.env['DIALHOOK_BUILT'] === '1') {
    if (!existsSync(built)) throw new Error(`${built} is not there; "make build" makes it`);
    return [process.execPath, [built, ...args]];
  }
  return [process.execPath, ['--import', 'tsx', join(ROOT, 'src/main.ts'), ...args]];
}

/** The environment of a Dialhook of ours: nothing of the caller's own settings, both ports free, its own data folder. */
export function dialhookEnv(env: Record<string, string> = {}): Record<string, string> {
  return {
    DIALHOOK_AGI_PORT: '0',
    DIALHOOK_WEB_PORT: '0',
    DIALHOOK_DATA_DIR: env['DIALHOOK_DATA_DIR'] ?? temporaryFolder('data'),
    ...env,
  };
}

/**
 * Starts `dialhook serve` and waits for its line `dialhook ready agi=HOST:PORT web=http://HOST:PORT`.
 * @throws Error with its output when it ends or does not get ready in time.
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const env = dialhookEnv(options.env);
  const wanted = ['serve', ...(options.args ?? [])];
  const [own, ...first] = options.command ?? [];
  const [program, args] = own === undefined ? dialhookCommand(wanted) : [own, [...first, ...wanted]];
  const log = options.logFile === undefined ? {} : { logFile: options.logFile };
  const child = await startChild('dialhook serve', program, args, {
    cwd: ROOT,
    env: { ...withoutDialhook(), ...env },
    ...log,
  });
  const ready = () => READY.exec(child.output())?.[1];
  const patience = {
    deadline: options.deadline ?? 60_000,
    what: 'the line "dialhook ready …"',
    unless: () => ended(child),
  };
  await whenReady(child, () => until(ready, patience));
  const places = Object.fromEntries(
    [...(ready() ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]),
  );
  return {
    agi: places['agi'] ?? '',
    web: (places['web'] ?? '').replace(/\/$/, ''),
    dataDir: env['DIALHOOK_DATA_DIR'] ?? '',
    env,
    child,
    stop: () => child.stop(),
    kill: () => child.kill(),
    freeze: () => child.freeze(),
    thaw: () => child.thaw(),
  };
}

/** Runs `dialhook <args>` to its end, `input` being its standard input. Gives what it printed and its exit status. */
export async function runDialhook(
  args: string[],
  env: Record<string, string>,
  { input, deadline = 60_000 }: { input?: string; deadline?: number } = {},
): Promise<{ code: number | null; output: string }> {
  const [program, all] = dialhookCommand(args);
  const options = { cwd: ROOT, env: { ...withoutDialhook(), ...env }, ...(input === undefined ? {} : { input }) };
  const child = await startChild(`dialhook ${args[0] ?? ''}`, program, all, options);
  try {
    const exit = await within(child.exited, deadline, `dialhook ${args.join(' ')} to end`);
    return { code: exit.code, output: child.output() };
  } catch (error) {
    await child.kill();
    throw error;
  }
}

// A developer's own DIALHOOK_DATABASE_URL must never reach a test.
function withoutDialhook(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('DIALHOOK_')));
}
