// The whole way of an event in one process: a PBX that plays a few calls, FastAGI, hooks, journal, loop, tables. A start costs
// milliseconds, so each single query, write and packet of it can be made to fail, one after the other.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { startProxy, type TcpProxy, type Weather } from '../../scripts/lab/proxy.js';
import { until } from '../../scripts/lab/wait.js';
import { fastagi } from '../../src/agi/index.js';
import { registerHooks } from '../../src/hooks/register.js';
import { type JournalOptions, openJournal } from '../../src/record/journal.js';
import { startRecorder } from '../../src/record/recorder.js';
import { takeSpool } from '../../src/record/spool.js';
import { createPlayer } from '../../src/simulator/player.js';
import { openDatabase } from '../../src/store/database.js';
import { tell } from '../simulator/told.js';
import { newTruth, type Truth } from './truth.js';

export interface ChainFault {
  /** Bad weather between the server and the database, between the PBX and the server. */
  database?: Weather;
  agi?: Weather;
  /** Opens the journal's files. */
  openFile?: NonNullable<JournalOptions['openFile']>;
}

export interface ChainRun {
  truth: Truth;
  /** Packets that went to and from the database, to and from the PBX. */
  pieces: { database: ReturnType<TcpProxy['pieces']>; agi: ReturnType<TcpProxy['pieces']> };
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
/** In parts, so that there are several transactions to fail in. */
const PARTS = 4;
const SETTLE_MS = 30_000;

/** Plays the same calls, under the name `pbx`, through a chain with one fault, and waits until all is in the tables. */
export async function runChain(url: string, pbx: string, fault: ChainFault): Promise<ChainRun> {
  const folder = temporaryFolder('chain');
  const address = new URL(url);
  const near = await startProxy({ host: address.hostname, port: Number(address.port) });
  address.port = String(near.port);
  near.set(fault.database ?? {});
  const db = openDatabase(address.toString());
  const recorder = await startRecorder({
    ...{ folder: join(folder, 'journal'), db, spoolFiles: [], log: quiet },
    open: (place) =>
      openJournal(place, { segmentBytes: 4000, ...(fault.openFile ? { openFile: fault.openFile } : {}) }),
  });
  const app = fastagi({});
  registerHooks(app, {
    ...{ append: recorder.append, findClient: () => Promise.resolve(null), lookupBudgetMs: 300, log: quiet },
  });
  await new Promise<void>((listening) => app.listen(0, listening));
  const way = await startProxy({ host: '127.0.0.1', port: app.address()?.port ?? 0 });
  way.set(fault.agi ?? {});
  const truth = newTruth();
  try {
    await play(way.port, pbx, truth, join(folder, 'events.spool'), recorder);
    return { truth, pieces: { database: near.pieces(), agi: way.pieces() } };
  } finally {
    await app.close();
    await recorder.stop();
    await db.close();
    await Promise.all([way.close(), near.close()]);
    removeFolder(folder);
  }
}

type Recorder = Awaited<ReturnType<typeof startRecorder>>;

async function play(port: number, pbx: string, truth: Truth, path: string, { append, loop }: Recorder): Promise<void> {
  const spool = async (line: string) => appendFileSync(path, `${line}\n`);
  const player = createPlayer({ host: '127.0.0.1', port, hangups: false, retryMs: 0, spool, told: truth.note });
  const { planned } = tell({ seed: 3, operators: 4, queues: 2, callsPerMinute: 30, extras: 0.5, pbx }, 20);
  const size = Math.ceil(planned.length / PARTS);
  for (let from = 0; from < planned.length; from += size) {
    for (const one of planned.slice(from, from + size)) void player.send(one);
    await player.idle();
    // The journal may refuse for a while: then the file stays, and is taken the next time.
    await until(() => takeSpool(path, append, 0).then(() => true), { what: 'the spool is taken', deadline: SETTLE_MS });
    await loop.settled(SETTLE_MS);
  }
}
