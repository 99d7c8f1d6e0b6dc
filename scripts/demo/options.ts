// What both demos can be told, and how they tell what they do.
import { freePort } from '../lab/ports.js';

export interface DemoOptions {
  /** End by itself after so many seconds from the moment it is ready; null: when stopped. */
  seconds: number | null;
  /** Port of the pages; 0: 8080 when it is free, else any free one. */
  port: number;
}

/** Reads `--seconds N --port N`. @throws Error that says what is allowed. */
export function readOptions(args: string[]): DemoOptions {
  const options: DemoOptions = { seconds: null, port: 0 };
  for (let i = 0; i < args.length; i += 2) {
    const [name = '', value = ''] = args.slice(i, i + 2);
    const number = Number(value);
    if (!/^\d+$/.test(value))
      throw new Error(`${name} ${value}: options are --seconds N and --port N, N being a whole number`);
    if (name === '--seconds') options.seconds = number;
    else if (name === '--port' && number < 65536) options.port = number;
    else throw new Error(`${name} ${value} is unknown; options are --seconds N and --port N (below 65536)`);
  }
  return options;
}

/** The port of the pages. */
export async function choosePort({ port }: DemoOptions): Promise<number> {
  if (port !== 0) return port;
  const usual = 8080;
  return (await isFree(usual)) ? usual : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Does one step of the start and tells how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  process.stdout.write(`demo: ${what} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  return result;
}
