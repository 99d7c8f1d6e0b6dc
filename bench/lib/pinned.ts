// Processes of a bench, each on a core of its own, and what is said with them. They end with the conductor.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Ready, Used } from './child.js';

/** The core of what is measured, and the core of everything else. */
export const MEASURED = 0;
export const BESIDE = 1;
export const EVERYWHERE = '0,1';

const running = new Set<ChildProcess>();

/** Starts a module of the bench on a core; `node` are options of node itself. */
export function start(
  file: URL,
  core: number | string,
  flags: readonly string[] = [],
  node: readonly string[] = [],
  env: Record<string, string> = {},
): ChildProcess {
  const command = ['-c', String(core), process.execPath, ...process.execArgv, ...node, file.pathname, ...flags];
  const child = spawn('taskset', command, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

/** Puts this process itself on a core. */
export async function pinSelf(core: number): Promise<void> {
  const child = spawn('taskset', ['-a', '-p', '-c', String(core), String(process.pid)], { stdio: 'ignore' });
  await once(child, 'exit');
}

/** The next message of a child. @throws Error when it ends instead, or says that it failed. */
export async function heard<T>(child: ChildProcess): Promise<T> {
  const stop = new AbortController();
  const gone = once(child, 'exit', { signal: stop.signal }).then(([code, signal]) => {
    throw new Error(`a process of the bench ended with ${String(signal ?? code)}`);
  });
  try {
    const [said] = (await Promise.race([once(child, 'message', { signal: stop.signal }), gone])) as [
      T & { error?: string },
    ];
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  } finally {
    gone.catch(() => {});
    stop.abort();
  }
}

/** Says something to a child and gives its answer. */
export function ask<T>(child: ChildProcess, message: object): Promise<T> {
  const answer = heard<T>(child);
  child.send(message);
  return answer;
}

export interface PinnedServer {
  name: string;
  child: ChildProcess;
  port: number;
}

/** Starts a server that speaks as lib/child.ts does, on the measured core. */
export async function serverOf(
  name: string,
  file: URL,
  flags: readonly string[] = [],
  node: readonly string[] = [],
): Promise<PinnedServer> {
  const child = start(file, MEASURED, flags, node);
  const { port } = await heard<Ready>(child);
  return { name, child, port };
}

/** What a server has used since its start. */
export const used = ({ child }: PinnedServer): Promise<Used> => ask<Used>(child, {});

/** Ends one of the processes and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (child.connected) child.disconnect();
  await gone;
}

/** Ends all that runs. */
export const endAll = async (): Promise<void> => void (await Promise.all([...running].map(end)));
