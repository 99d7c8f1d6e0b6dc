// The terminal and the process, as the commands see them; tests hand in another one.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Io {
  env: NodeJS.ProcessEnv;
  /** A person sits there who can be asked. */
  interactive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Asks for one line that is not shown while it is typed. */
  askHidden(question: string): Promise<string>;
  /** Asks for one line that is shown while it is typed. */
  ask?(question: string): Promise<string>;
  /** All of standard input, up to `MOST_INPUT` bytes. */
  readInput(): Promise<string>;
  /** Calls `listener` on Ctrl-C and when the process is asked to end; the answer takes it off again. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

const MOST_INPUT = 64 * 1024 * 1024;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The process's own streams and signals. */
export function processIo(): Io {
  return {
    env: process.env,
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask,
    askHidden,
    readInput,
    exit: (code) => process.exit(code),
    onInterrupt(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

async function askHidden(question: string): Promise<string> {
  process.stdout.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stdout.write('\n');
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MOST_INPUT) throw new Error(`standard input is longer than ${MOST_INPUT} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
