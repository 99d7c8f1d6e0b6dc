// The thread of the door. It knows the FastAGI server, the hooks and the journal; no database, no page.
import { parentPort, workerData } from 'node:worker_threads';
import { fastagi } from '../agi/index.js';
import type { HookDeps } from '../hooks/hook.js';
import { registerHooks } from '../hooks/register.js';
import { createLog, type LogOptions } from '../log/log.js';
import { openJournal } from '../record/journal.js';
import type { DoorSetup, FromDoor, ToDoor } from './door.js';
import { hookTimes } from './hook-times.js';
import { notifyOf } from './notify.js';
import { preferThisThread } from './priority.js';
import { startWatchdog } from './watchdog.js';

const port = parentPort;
if (!port) throw new Error('door-thread.ts is started by door-keeper.ts, not by itself');
const setup = workerData as DoorSetup;
const log = createLog({ level: setup.logLevel as LogOptions['level'], pretty: setup.logPretty });
const tell = (message: FromDoor) => port.postMessage(message);

preferThisThread();
let refused = '';
const journal = await openJournal(setup.folder, {
  onMoved: (end) => tell({ kind: 'moved', end }),
  onTrouble: (trouble) => {
    tell({ kind: 'trouble', trouble });
    if (trouble.error === refused) return;
    refused = trouble.error;
    if (refused)
      log.error(trouble, 'the journal can not be written; events are kept in memory, and the dialplan spools them');
    else log.info(trouble, 'the journal is written again');
  },
});
const app = fastagi({ ...setup.agi, host: setup.host, log: log.child({ room: 'agi' }) });

const notify = notifyOf(process.env);
const watchdog =
  notify && setup.watchdogMs > 0
    ? startWatchdog({ notify, limitMs: setup.watchdogMs, log: log.child({ room: 'watchdog' }) })
    : null;

const times = hookTimes();
app.onEnded((path, ms) => times.add(path, ms));
const COUNTS_MS = 1000;
const counting = setInterval(() => {
  const counts = { agi: app.stats(), maxSessions: setup.agi['maxSessions'] ?? 0, hooks: times.all() };
  tell({ kind: 'counts', counts: { ...counts, watchdog: watchdog?.words() ?? null }, trouble: journal.trouble() });
}, COUNTS_MS);

type Client = Awaited<ReturnType<HookDeps['findClient']>>;
const searches = new Map<number, (client: Client) => void>();
let lastSearch = 0;

registerHooks(app, {
  append: (line) => journal.append(line, Date.now()),
  // A search that nobody answers is forgotten when its budget is over; the hook has gone on by then.
  findClient: (number) =>
    new Promise((resolve) => {
      const id = ++lastSearch;
      searches.set(id, resolve);
      setTimeout(() => searches.delete(id), setup.lookupBudgetMs * 2).unref();
      tell({ kind: 'find', id, number });
    }),
  lookupBudgetMs: setup.lookupBudgetMs,
  log: log.child({ room: 'hooks' }),
});

function listen(): void {
  const server = app.listen(setup.port);
  const refused = (error: NodeJS.ErrnoException) => {
    server.off('listening', listening);
    tell({ kind: 'refused', code: error.code ?? '', message: error.message });
  };
  const listening = () => {
    server.off('error', refused);
    const at = app.address();
    tell({ kind: 'listening', host: at?.address ?? setup.host, port: at?.port ?? setup.port });
  };
  server.once('error', refused);
  server.once('listening', listening);
}

async function heard(message: ToDoor): Promise<void> {
  if (message.kind === 'alive') return watchdog?.mainIsAlive();
  if (message.kind === 'ask') return tell({ kind: 'here', id: message.id });
  if (message.kind === 'listen') return listen();
  if (message.kind === 'found') return searches.get(message.id)?.(message.client);
  if (message.kind === 'append') {
    const error = await journal.append(message.line, Date.now()).then(() => '', String);
    return tell({ kind: 'appended', id: message.id, error });
  }
  await app.close();
  if (message.kind === 'shut') return tell({ kind: 'shut' });
  watchdog?.stop();
  clearInterval(counting);
  await journal.close();
  const { kept } = journal.trouble();
  if (kept > 0)
    log.error(
      { kept },
      'the disk does not take what was kept in memory; these events are lost unless the spool has them',
    );
  port?.close();
}

port.on('message', (message: ToDoor) => {
  // Only a bug gets here; it ends the thread, and with it the process: a crash is cheap, a hang is not.
  heard(message).catch((error: unknown) => setImmediate(() => Promise.reject(error)));
});
tell({ kind: 'open', end: journal.end() });
