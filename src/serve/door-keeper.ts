// This side of the door: starts its thread, reads its journal, answers its searches, and passes lines on to it.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config/options.js';
import type { Log } from '../log/log.js';
import type { Journal, JournalTrouble } from '../record/journal.js';
import { journalView, type MovingView } from '../record/view.js';
import type { DoorCounts, DoorSetup, FromDoor, ToDoor } from './door.js';
import { refusalInWords } from './listen.js';
import { watchdogOf } from './notify.js';

export interface Door {
  /** Opens the journal there; for startRecorder. */
  open(folder: string): Promise<Journal>;
  /** Listens, however long the port is taken; null when `signal` came first. */
  listen(signal: AbortSignal): Promise<{ host: string; port: number } | null>;
  /** What the thread counted since its start, as of the last second; null before its first word. */
  counts(): DoorCounts | null;
  /** Whether the thread answers within `ms`. */
  answers(ms: number): Promise<boolean>;
  /** Takes no new call and waits for those under way. */
  shut(): Promise<void>;
}

export interface DoorParts {
  config: Config;
  log: Log;
  findClient(number: string): Promise<{ name: string; company: string; vip: boolean } | null>;
  /** The thread ended by itself: nothing can be recorded any more. */
  onDeath(error: Error): void;
}

const AGAIN_MS = 2000;
/** How often the thread hears that this side lives, ms. */
const ALIVE_MS = 1000;

export function doorKeeper(parts: DoorParts): Door {
  const { config, log } = parts;
  let worker: Worker | null = null;
  let view: MovingView | null = null;
  let ending = false;
  let trouble: JournalTrouble = { error: '', kept: 0, dropped: 0, droppedAt: null };
  let counts: DoorCounts | null = null;
  const asks = new Map<number, () => void>();
  let lastAsk = 0;
  let alive: NodeJS.Timeout | undefined;
  const appends = new Map<number, { done: () => void; fail: (error: Error) => void }>();
  let lastAppend = 0;
  const say = (message: ToDoor) => worker?.postMessage(message);

  function heard(message: FromDoor): void {
    if (message.kind === 'moved') view?.moved(message.end);
    if (message.kind === 'trouble' || message.kind === 'counts') trouble = message.trouble;
    if (message.kind === 'counts') counts = message.counts;
    if (message.kind === 'here') asks.get(message.id)?.();
    if (message.kind === 'appended') {
      const waiting = appends.get(message.id);
      appends.delete(message.id);
      if (message.error === '') waiting?.done();
      else waiting?.fail(new Error(message.error));
    }
    if (message.kind === 'find') {
      const { id, number } = message;
      parts.findClient(number).then(
        (client) => say({ kind: 'found', id, client }),
        () => say({ kind: 'found', id, client: null }),
      );
    }
  }

  function died(error: Error): void {
    for (const { fail } of appends.values()) fail(error);
    appends.clear();
    if (!ending) parts.onDeath(error);
  }

  /** The next message of one of these kinds; rejects when the thread fails or ends before. */
  function next<K extends FromDoor['kind']>(thread: Worker, ...kinds: K[]): Promise<Extract<FromDoor, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        thread.off('message', look);
        thread.off('error', failed);
        thread.off('exit', ended);
      };
      const look = (message: FromDoor) => {
        if (!(kinds as string[]).includes(message.kind)) return;
        settle();
        resolve(message as Extract<FromDoor, { kind: K }>);
      };
      const failed = (error: Error) => {
        settle();
        reject(error);
      };
      const ended = (code: number) => failed(new Error(`its thread ended with ${code}`));
      thread.on('message', look);
      thread.on('error', failed);
      thread.on('exit', ended);
    });
  }

  async function end(thread: Worker): Promise<void> {
    ending = true;
    clearInterval(alive);
    const gone = once(thread, 'exit');
    say({ kind: 'end' });
    await gone;
    view?.release();
  }

  return {
    open: async (folder) => {
      const thread = startThread(setupOf(config, folder));
      worker = thread;
      thread.on('message', heard);
      alive = setInterval(() => say({ kind: 'alive' }), ALIVE_MS);
      const seen = journalView(folder, (await next(thread, 'open')).end);
      thread.on('error', died);
      thread.on('exit', (code) => died(new Error(`its thread ended with ${code}`)));
      view = seen;
      return {
        ...seen,
        trouble: () => trouble,
        append: (line) =>
          new Promise<void>((done, fail) => {
            const id = ++lastAppend;
            appends.set(id, { done, fail });
            say({ kind: 'append', id, line });
          }),
        close: () => end(thread),
      };
    },
    listen: async (signal) => {
      const thread = worker;
      let told = false;
      const address = `${config.agiHost}:${config.agiPort}`;
      while (thread && !signal.aborted) {
        const answer = next(thread, 'listening', 'refused');
        say({ kind: 'listen' });
        const heardBack = await answer;
        if (heardBack.kind === 'listening') {
          if (told) log.info({ address }, 'the FastAGI server listens now');
          return { host: heardBack.host, port: heardBack.port };
        }
        const reason = refusalInWords(heardBack);
        if (!told)
          log.error(
            { address, reason },
            "the FastAGI server can't listen; choose another port by DIALHOOK_AGI_PORT, or free this one. It is tried again",
          );
        told = true;
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
      return null;
    },
    counts: () => counts,
    answers: (ms) =>
      new Promise((resolve) => {
        if (!worker || ending) return resolve(false);
        const id = ++lastAsk;
        const settle = (here: boolean) => {
          clearTimeout(timer);
          asks.delete(id);
          resolve(here);
        };
        const timer = setTimeout(settle, ms, false);
        asks.set(id, () => settle(true));
        say({ kind: 'ask', id });
      }),
    shut: async () => {
      if (!worker) return;
      const done = next(worker, 'shut');
      say({ kind: 'shut' });
      await done;
    },
  };
}

const setupOf = (config: Config, folder: string): DoorSetup => ({
  folder,
  host: config.agiHost,
  port: config.agiPort,
  lookupBudgetMs: config.lookupBudgetMs,
  watchdogMs: watchdogOf(process.env, process.pid),
  logLevel: config.logLevel,
  logPretty: config.logPretty,
  agi: {
    backlog: config.agiBacklog,
    maxSessions: config.agiMaxSessions,
    maxLines: config.agiMaxLines,
    maxLineBytes: config.agiMaxLineBytes,
    maxHeaderBytes: config.agiMaxHeaderBytes,
    headerTimeoutMs: config.agiHeaderTimeoutMs,
    thinkMs: config.agiThinkMs,
    idleMs: config.agiIdleMs,
  },
});

/** Built, the thread is plain JavaScript. From the source it needs the TypeScript loader, which a thread does not inherit. */
function startThread(workerData: DoorSetup): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./door-thread.js', import.meta.url), { workerData });
  // Found the CommonJS way, which the tests' loader knows too; the module beside it is the one that works in a thread.
  const found = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const loader = JSON.stringify(pathToFileURL(found).href);
  const thread = JSON.stringify(new URL('./door-thread.ts', import.meta.url).href);
  const boot = `import(${loader}).then(({ register }) => { register(); return import(${thread}); });`;
  return new Worker(boot, { workerData, eval: true, execArgv: [] });
}
