// A server under test on a free port, its log, and its end after every test.
import fastagi, { type AgiApp, type AgiHandler, type AgiOptions } from '../../src/agi/index.js';
import { hangupAll } from './client.js';

export interface Line {
  level: string;
  message: string;
  [field: string]: unknown;
}

export interface Served {
  app: AgiApp;
  port: number;
  log: Line[];
}

const apps: AgiApp[] = [];

afterEach(async () => {
  hangupAll();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** Starts a server with these scripts. Limits are the defaults but for what is given; close() waits little. */
export async function serve(scripts: Record<string, AgiHandler>, options: AgiOptions = {}): Promise<Served> {
  const log: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => log.push({ level, message, ...fields });
  const app = fastagi({
    closeMs: 100,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    ...options,
  });
  for (const [path, script] of Object.entries(scripts)) app.agi(path, script);
  apps.push(app);
  await new Promise<void>((resolve, reject) => app.listen(0, resolve).once('error', reject));
  const port = app.address()?.port ?? 0;
  return { app, port, log };
}

/** Waits until it holds, and says what did not. */
export async function until(what: string, holds: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
