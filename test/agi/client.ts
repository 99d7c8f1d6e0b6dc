// Asterisk's side of FastAGI: connects, sends the environment line by line, one write each as res_agi.c does, reads
// commands, answers them. Every wait has a deadline and tells what it waited for.
import { connect, type Socket } from 'node:net';

const DEADLINE_MS = 3_000;

export interface CallOptions {
  port: number;
  /** Path and query of AGI(agi://pbx.example.org<request>,args…). */
  request?: string;
  args?: string[];
  /** Lines put before, in place of, or behind the usual ones. */
  first?: string[];
  env?: Record<string, string>;
  last?: string[];
  /** End of line; real Asterisk sends \n. */
  eol?: string;
}

/** The 22 lines before the arguments, as Asterisk 22 sends them. */
export function environment({
  request = '/demo1',
  args = [],
  first = [],
  env = {},
  last = [],
}: Omit<CallOptions, 'port'>): string[] {
  const usual: Record<string, string> = {
    agi_network: 'yes',
    agi_network_script: request.slice(1),
    agi_request: `agi://pbx.example.org${request}`,
    agi_channel: 'PJSIP/101-0000002a',
    agi_language: 'en',
    agi_type: 'PJSIP',
    agi_uniqueid: 'pbx1-1763676543.42',
    agi_version: '22.10.1',
    agi_callerid: '555-0100',
    agi_calleridname: 'Example',
    agi_callingpres: '0',
    agi_callingani2: '0',
    agi_callington: '0',
    agi_callingtns: '0',
    agi_dnid: '555-0199',
    agi_rdnis: 'unknown',
    agi_context: 'demo1',
    agi_extension: 's',
    agi_priority: '4',
    agi_enhanced: '0.0',
    agi_accountcode: '',
    agi_threadid: '140273834014464',
    ...env,
  };
  const lines = Object.entries(usual).map(([key, value]) => `${key}: ${value}`);
  return [...first, ...lines, ...args.map((value, i) => `agi_arg_${i + 1}: ${value}`), ...last];
}

/** One call in AGI(): what a channel of Asterisk and its thread do. */
export class Call {
  readonly socket: Socket;
  /** Every line the server sent, in order. */
  readonly lines: string[] = [];
  #text = '';
  #read = 0;
  #ended: string | null = null;
  #changed: Array<() => void> = [];

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text: string) => {
      const parts = (this.#text + text).split('\n');
      this.#text = parts.pop() ?? '';
      this.lines.push(...parts);
      this.#change();
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#ended ??= error.code ?? 'error';
    });
    this.socket.on('close', () => {
      this.#ended ??= 'closed';
      this.#change();
    });
  }

  /** Null while the connection stands; else `closed`, or the code of the error (`ECONNRESET`). */
  get ended(): string | null {
    return this.#ended;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  answer(line: string): void {
    this.send(`${line}\n`);
  }

  /** The next command that the server sends. */
  async command(): Promise<string> {
    await this.#until(() => this.lines.length > this.#read || this.#ended !== null, 'a command');
    const line = this.lines[this.#read++];
    if (line === undefined)
      throw new Error(`the server ended the session (${this.#ended}) instead of sending a command`);
    return line;
  }

  /** Waits for the server to end the session; gives `closed` or the error's code. */
  async end(): Promise<string> {
    await this.#until(() => this.#ended !== null, 'the end of the session');
    return this.#ended ?? '';
  }

  /** Answers every command from a table of variables, as a channel does, until the server ends. Gives the commands. */
  async serve(variables: Record<string, string> = {}): Promise<string[]> {
    const heard: string[] = [];
    for (;;) {
      await this.#until(() => this.lines.length > this.#read || this.#ended !== null, 'a command or the end');
      const line = this.lines[this.#read];
      if (line === undefined) return heard;
      this.#read++;
      heard.push(line);
      const value = variables[/^GET VARIABLE "(.*)"$/.exec(line)?.[1] ?? ''];
      this.answer(
        line.startsWith('GET VARIABLE')
          ? value === undefined
            ? '200 result=0'
            : `200 result=1 (${value})`
          : '200 result=1',
      );
    }
  }

  /** Ends the connection with a reset, as a crashed host's kernel does. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!done()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${DEADLINE_MS} ms for ${what}; got so far: ${JSON.stringify(this.lines)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #change(): void {
    for (const tell of this.#changed.splice(0)) tell();
  }
}

/** Connects without a word. */
export const open = (port: number): Call => {
  const call = new Call(port);
  calls.push(call);
  return call;
};

/** AGI(agi://…): connects and sends the whole environment. */
export function dial(options: CallOptions): Call {
  const call = open(options.port);
  const eol = options.eol ?? '\n';
  for (const line of environment(options)) call.send(`${line}${eol}`);
  call.send(eol);
  return call;
}

const calls: Call[] = [];
export const hangupAll = (): void => {
  for (const call of calls.splice(0)) call.socket.destroy();
};
