// Harm to the database. No hook may feel any of it: hooks end in the journal.
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import type { Laboratory } from '../laboratory.js';
import { instant, type Nemesis } from '../nemesis.js';

const maria = (lab: Laboratory) => {
  if (!lab.maria) throw new Error('this fault needs a MariaDB');
  return lab.maria;
};
const weather = (lab: Laboratory) => {
  if (!lab.weather.database) throw new Error('this fault needs a proxy before the database');
  return lab.weather.database;
};

/** The database goes away by `down` for 0.3 to 2 s. */
const away = (down: (lab: Laboratory) => Promise<void>): Nemesis['stroke'] => {
  return async (lab) => {
    await instant(lab, 100, 800);
    await down(lab);
    await instant(lab, 300, 2000);
    await maria(lab).start();
  };
};

const strokes = { short: 1, round: 15, whole: 30 };

export const databaseStopped: Nemesis = {
  ...{ name: 'database-stopped', harm: 'the database is stopped and started again', strokes, lab: { own: true } },
  stroke: away((lab) => maria(lab).stop()),
};

export const databaseKilled: Nemesis = {
  ...{ name: 'database-killed', harm: 'kill -9 of the database, and its restart', strokes, lab: { own: true } },
  stroke: away((lab) => maria(lab).kill()),
};

export const databaseFrozen: Nemesis = {
  ...{
    name: 'database-frozen',
    harm: 'SIGSTOP of the database for 1 to 7 s (a query may take 5 s)',
    lab: { own: true },
  },
  strokes: { short: 1, round: 8, whole: 16 },
  async stroke(lab, n) {
    await instant(lab, 100, 500);
    maria(lab).freeze();
    await sleep(n % 2 === 0 ? 1000 : 7000);
    maria(lab).thaw();
  },
};

export const databaseSlow: Nemesis = {
  ...{ name: 'database-slow', harm: 'every packet to and from the database takes 5 s for a while, or 200 ms' },
  strokes: { short: 1, round: 8, whole: 16 },
  lab: { slowDatabase: true },
  async stroke(lab, n) {
    await instant(lab, 100, 500);
    weather(lab).set({ delayMs: n % 2 === 0 ? 5000 : 200 });
    await sleep(3000);
    weather(lab).set({});
  },
};

export const databaseBlackHole: Nemesis = {
  ...{ name: 'database-black-hole', harm: 'the network to the database swallows everything, or refuses, for 1 to 7 s' },
  strokes: { short: 1, round: 8, whole: 16 },
  lab: { slowDatabase: true },
  async stroke(lab, n) {
    await instant(lab, 100, 500);
    weather(lab).set(n % 2 === 0 ? { blackHole: true } : { refuse: true });
    if (n % 2 === 1) weather(lab).cut();
    await sleep(n % 4 === 2 ? 7000 : 1500);
    weather(lab).set({});
  },
};

export const databaseHalfOpen: Nemesis = {
  ...{
    name: 'database-half-open',
    harm: "the database's side of every connection is gone, and the server is not told",
  },
  strokes: { short: 1, round: 8, whole: 16 },
  lab: { slowDatabase: true },
  async stroke(lab) {
    await instant(lab, 100, 800);
    weather(lab).orphan();
    // A query that nobody answers is given up after 5 s; the next harm may come before or after that.
    await instant(lab, 1000, 6000);
  },
};

export const tablesLocked: Nemesis = {
  ...{ name: 'tables-locked', harm: 'another connection holds LOCK TABLES … WRITE for 0.5 to 7 s' },
  strokes: { short: 1, round: 10, whole: 20 },
  async stroke(lab, n) {
    await instant(lab, 100, 500);
    const tables = ['events', 'cdr_calls', 'rt_calls', 'journals'];
    await besides(lab, async (link) => {
      await link.query(`LOCK TABLES ${lab.random.pick(tables as [string, ...string[]])} WRITE`);
      await sleep(n % 4 === 3 ? 7000 : lab.random.between(500, 2000));
      await link.query('UNLOCK TABLES');
    });
  },
};

export const connectionsKilled: Nemesis = {
  ...{ name: 'connections-killed', harm: 'KILL of every connection of the server to the database' },
  strokes: { short: 5, round: 100, whole: 300 },
  async stroke(lab) {
    await instant(lab, 20, 250);
    const rows = (await maria(lab).admin(
      `SELECT id FROM information_schema.processlist WHERE db = '${lab.schema}' AND id <> CONNECTION_ID()`,
    )) as { id: number }[];
    const own = await ownConnections(lab);
    for (const { id } of rows) {
      // It may be gone by itself in between.
      if (!own.has(Number(id)))
        await maria(lab)
          .admin(`KILL ${id}`)
          .catch(() => undefined);
    }
  },
};

/** Connections of the checker: harm to them would prove nothing. */
async function ownConnections(lab: Laboratory): Promise<Set<number>> {
  const [[row]] = (await lab.db.knex.raw('SELECT CONNECTION_ID() AS id')) as [[{ id: number }]];
  return new Set([Number(row.id)]);
}

export const deadlocks: Nemesis = {
  ...{
    name: 'deadlocks',
    harm: 'other connections lock rows of live calls and operators, in another order than the server',
  },
  strokes: { short: 8, round: 150, whole: 300 },
  async stroke(lab) {
    await besides(lab, async (link) => {
      await link.query('SET innodb_lock_wait_timeout = 1');
      await link.query('START TRANSACTION');
      for (const table of ['journals', 'rt_operators', 'rt_legs', 'rt_calls']) {
        // A deadlock or a wait that is over ends this transaction, not the server's: both are meant.
        await link.query(`SELECT * FROM ${table} ORDER BY RAND() LIMIT 5 FOR UPDATE`).catch(() => undefined);
        await instant(lab, 0, 30);
      }
      await link.query('ROLLBACK');
    });
    await instant(lab, 10, 60);
  },
};

/** Acts on a connection of its own. */
async function besides(lab: Laboratory, act: (link: mysql.Connection) => Promise<void>): Promise<void> {
  const link = await mysql.createConnection({ uri: lab.url });
  try {
    await act(link);
  } finally {
    await link.end();
  }
}
