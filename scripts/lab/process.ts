// Programs the lab starts. Each leads a process group of its own, is stopped by its own id, and never outlives us (leaving.ts).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { remember } from './leaving.js';
import { within } from './wait.js';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What can be done to a program that runs. */
export interface Controls {
  /** Asks it to end (SIGTERM unless said at the start), kills its group after `graceMs`. */
  stop(graceMs?: number): Promise<Exit>;
  /** SIGKILL to its whole group, as a power cut would. */
  kill(): Promise<Exit>;
  /** SIGSTOP: it is there, but does nothing. */
  freeze(): void;
  /** SIGCONT after freeze(). */
  thaw(): void;
}

export interface Child extends Controls {
  readonly name: string;
  readonly pid: number;
  /** How it ended; null while it runs. */
  exit(): Exit | null;
  /** Settles when it has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** The last 256 KiB it wrote, both streams. */
  output(): string;
  /** Calls `listener` with every whole line from now on; gives back how to stop that. */
  onLine(listener: (line: string) => void): () => void;
}

export interface ChildOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to its standard input, which is then closed. */
  input?: string;
  /** All output is appended to this file too. */
  logFile?: string;
  stopSignal?: NodeJS.Signals;
  /** Milliseconds stop() waits before it kills; 10,000 unless said. */
  graceMs?: number;
  /** It does not keep our process alive: it ends when we do. */
  background?: boolean;
}

const KEPT_OUTPUT = 256 * 1024;

/** Starts a program. @throws Error naming the program and the reason when it cannot be started at all. */
export async function startChild(
  name: string,
  command: string,
  args: string[],
  options: ChildOptions = {},
): Promise<Child> {
  const { cwd, env = process.env, input } = options;
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(command, args, { cwd, env, detached: true, stdio: [stdin, 'pipe', 'pipe'] });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`${name} did not start: ${command}: ${error instanceof Error ? error.message : String(error)}`);
  }
  // A program that does not read its input has its reasons; its end tells them.
  child.stdin?.on('error', () => {}).end(input);
  const pid = child.pid ?? 0;
  const forget = remember(pid);
  let exit: Exit | null = null;
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      exit = { code, signal };
      forget();
      resolve(exit);
    });
  });
  if (options.background) letGo(child);
  const running = { name, pid, exited, exit: () => exit };
  return { ...running, ...collect(child, options.logFile), ...controls(running, options) };
}

function controls(
  { name, pid, exited, exit }: Pick<Child, 'name' | 'pid' | 'exited' | 'exit'>,
  options: ChildOptions,
): Controls {
  const signal = (target: number, what: NodeJS.Signals) => {
    if (exit() === null) send(target, what);
  };
  const kill = () => {
    signal(-pid, 'SIGKILL');
    return within(exited, 10_000, `${name} (pid ${pid}) to end after SIGKILL`);
  };
  return {
    kill,
    async stop(graceMs = options.graceMs ?? 10_000) {
      // A frozen program cannot hear the request to end.
      signal(-pid, 'SIGCONT');
      signal(pid, options.stopSignal ?? 'SIGTERM');
      return within(exited, graceMs, `${name} to stop`).catch(kill);
    },
    freeze: () => {
      signal(-pid, 'SIGSTOP');
      untilStopped(pid, name);
    },
    thaw: () => signal(-pid, 'SIGCONT'),
  };
}

/** A stop reaches each thread when it runs next: on a busy machine one of them may still answer milliseconds later. */
function untilStopped(pid: number, name: string): void {
  const stopped = (task: string) => {
    try {
      return /\) [Tt] /.test(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8'));
    } catch {
      return true;
    }
  };
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let ms = 0; existsSync(`/proc/${pid}`) && !readdirSync(`/proc/${pid}/task`).every(stopped); ms++) {
    if (ms > 5000) throw new Error(`${name} did not stop within 5 s of SIGSTOP`);
    Atomics.wait(cell, 0, 0, 1);
  }
}

function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Gone between the look and the signal: what was wanted has happened.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function collect(child: ChildProcess, logFile: string | undefined): Pick<Child, 'output' | 'onLine'> {
  const listeners = new Set<(line: string) => void>();
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      kept = `${kept}${line}\n`;
      if (kept.length > 2 * KEPT_OUTPUT) kept = kept.slice(-KEPT_OUTPUT);
      if (logFile !== undefined) appendFileSync(logFile, `${line}\n`);
      for (const listener of [...listeners]) listener(line);
    });
  }
  return {
    output: () => kept.slice(-KEPT_OUTPUT),
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Runs a program to its end and gives its output. @throws Error with the output when it fails or takes longer than `timeoutMs`. */
export async function run(
  name: string,
  command: string,
  args: string[],
  options: ChildOptions & { timeoutMs?: number } = {},
): Promise<string> {
  const child = await startChild(name, command, args, options);
  try {
    const exit = await within(child.exited, options.timeoutMs ?? 60_000, `${name} to end`);
    if (exit.code !== 0) throw new Error(`${name} ended with ${exit.signal ?? exit.code}`);
    return child.output();
  } catch (error) {
    await child.kill();
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}; it wrote:\n${child.output().slice(-4000)}`,
    );
  }
}
