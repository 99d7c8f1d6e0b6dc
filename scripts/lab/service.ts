// A server that a test may stop, kill, freeze and start again, its folder, ports and data staying the same.
import type { Child } from './process.js';

export interface Service {
  /** Of the process that runs now, or ran last. */
  pid(): number;
  running(): boolean;
  /** Starts it again after stop() or kill(); nothing happens when it runs. @throws Error when it does not get ready. */
  start(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** SIGSTOP: the kernel still takes connections for it, nothing is answered. */
  freeze(): void;
  thaw(): void;
}

/** Starts a server by `launch`, which resolves when the server is ready and cleans up after itself when it is not. */
export async function startService(launch: () => Promise<Child>): Promise<Service> {
  let child = await launch();
  return {
    pid: () => child.pid,
    running: () => child.exit() === null,
    async start() {
      if (child.exit() !== null) child = await launch();
    },
    async stop() {
      await child.stop();
    },
    async kill() {
      await child.kill();
    },
    freeze: () => child.freeze(),
    thaw: () => child.thaw(),
  };
}

/** Waits by `wait` until the program is ready. When it is not, the program is killed and the error shows what it wrote. */
export async function whenReady(
  child: Child,
  wait: () => Promise<unknown>,
  log: () => string = () => child.output(),
): Promise<Child> {
  try {
    await wait();
    return child;
  } catch (error) {
    await child.kill();
    const wrote = log().slice(-3000) || 'nothing';
    throw new Error(`${error instanceof Error ? error.message : String(error)}; ${child.name} wrote:\n${wrote}`);
  }
}

/** For until(): a program that has ended will never get ready. */
export function ended(child: Child): string | null {
  const exit = child.exit();
  return exit === null ? null : `${child.name} ended with ${exit.signal ?? exit.code}`;
}
