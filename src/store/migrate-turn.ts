// One process at a time changes the tables, also when several servers start at once, on several nodes of a cluster.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from './database.js';
import { ASK } from './nodes.js';

const LOCK = 'dialhook-migrate';
const WAIT_SECONDS = 60;
/** A turn is over after this long unless it is prolonged: who died holding it holds up the others no longer. */
const TURN_SECONDS = 20;
const PROLONG_MS = 5000;

const tooLong = () => new Error(`another server has been migrating these tables for ${WAIT_SECONDS} s`);

/** Runs `act` while nobody else does, on any server of this database. @throws Error when another one takes longer than a minute. */
export async function inTurn<T>(db: Db, act: () => Promise<T>): Promise<T> {
  if (db.dialect === 'sqlite') return act();
  const [rows] = (await db.knex.raw(ASK.variables)) as [{ Variable_name: string; Value: string }[]];
  const clustered = rows.some((row) => row.Variable_name === 'wsrep_on' && row.Value === 'ON');
  return clustered ? byRow(db, act) : byLock(db, act);
}

/** A lock that goes with its connection; it holds within one server. */
async function byLock<T>(db: Db, act: () => Promise<T>): Promise<T> {
  return db.knex.transaction(async (holder) => {
    const [rows] = (await holder.raw('SELECT GET_LOCK(?, ?) AS got', [LOCK, WAIT_SECONDS]).options({
      timeout: (WAIT_SECONDS + 5) * 1000,
    })) as [{ got: number }[]];
    if (Number(rows[0]?.got) !== 1) throw tooLong();
    try {
      return await act();
    } finally {
      await holder.raw('SELECT RELEASE_LOCK(?)', [LOCK]);
    }
  });
}

/** A row that one process writes itself into. Two on two nodes can't both: the cluster refuses the second COMMIT. */
async function byRow<T>(db: Db, act: () => Promise<T>): Promise<T> {
  const me = randomUUID();
  await db.knex.raw(
    'CREATE TABLE IF NOT EXISTS migrations_turn (id INT NOT NULL PRIMARY KEY, holder VARCHAR(40) NOT NULL, until_at DATETIME(3) NOT NULL) ENGINE=InnoDB',
  );
  await db.knex.raw("INSERT IGNORE INTO migrations_turn VALUES (1, '', '2000-01-01')");
  const take = async () => {
    const [{ affectedRows }] = (await db.knex.raw(
      `UPDATE migrations_turn SET holder = ?, until_at = UTC_TIMESTAMP(3) + INTERVAL ${TURN_SECONDS} SECOND
       WHERE id = 1 AND (holder = ? OR until_at < UTC_TIMESTAMP(3))`,
      [me, me],
    )) as [{ affectedRows: number }];
    return affectedRows === 1;
  };
  const patience = performance.now() + WAIT_SECONDS * 1000;
  while (!(await take())) {
    if (performance.now() > patience) throw tooLong();
    await sleep(200);
  }
  // One that fails is made up for by the next: a turn lasts for several.
  const prolong = setInterval(() => void take().catch(() => undefined), PROLONG_MS);
  try {
    return await act();
  } finally {
    clearInterval(prolong);
    await db.knex.raw("UPDATE migrations_turn SET until_at = '2000-01-01' WHERE holder = ?", [me]);
  }
}
