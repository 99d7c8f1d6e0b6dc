import { existsSync } from 'node:fs';
import { expect } from 'chai';
import mysql from 'mysql2/promise';
import { endSharedMariaDb, type MariaDb, sharedMariaDb, startMariaDb } from '../../scripts/lab/mariadb.js';
import { within } from '../../scripts/lab/wait.js';

const query = async (url: string, sql: string) => {
  const link = await mysql.createConnection(url);
  try {
    return (await link.query(sql))[0] as Record<string, unknown>[];
  } finally {
    link.destroy();
  }
};

describe('lab: MariaDB', () => {
  let db: MariaDb;
  before(async function () {
    this.timeout(120_000);
    db = await startMariaDb();
  });
  after(() => db?.remove());

  it('lets in its user, over TCP', async () => {
    expect(await query(db.url, 'SELECT DATABASE() AS name, @@character_set_server AS charset')).to.deep.equal([
      { name: 'dialhook', charset: 'utf8mb4' },
    ]);
  });

  it('lets in nobody with another password', async () => {
    const url = db.url.replace(/:[0-9a-f]+@/, ':wrong@');
    expect(await query(url, 'SELECT 1').catch((e: Error) => e.message)).to.match(/Access denied/);
    expect(await query(`mysql://root@127.0.0.1:${db.port}/mysql`, 'SELECT 1').catch((e: Error) => e.message)).to.match(
      /Access denied/,
    );
  });

  it('makes databases that do not know of each other', async () => {
    const [one, two] = [await db.createDatabase(), await db.createDatabase()];
    await query(one, 'CREATE TABLE t (x INT)');
    expect(await query(two, 'SHOW TABLES')).to.deep.equal([]);
  });

  it('keeps what was committed when it is killed', async () => {
    const url = await db.createDatabase();
    await query(url, 'CREATE TABLE t (x INT)');
    await query(url, 'INSERT INTO t VALUES (7)');
    await db.kill();
    expect(await query(url, 'SELECT 1').catch((e: Error) => e.message)).to.match(/ECONNREFUSED/);
    await db.start();
    expect(await query(url, 'SELECT x FROM t')).to.deep.equal([{ x: 7 }]);
  });

  it('answers nothing while it is frozen', async () => {
    db.freeze();
    const answer = query(db.url, 'SELECT 1 AS one');
    const early = await within(answer, 300, 'an answer').catch((e: Error) => e.message);
    expect(early).to.equal('waited 300 ms for an answer');
    db.thaw();
    expect(await answer).to.deep.equal([{ one: 1 }]);
  });

  it('is shared by the tests of one process, and leaves nothing behind', async () => {
    const [one, two] = [await sharedMariaDb(), await sharedMariaDb()];
    expect(one).to.equal(two);
    await endSharedMariaDb();
    expect([existsSync(one.folder), existsSync(`/proc/${one.pid()}`)]).to.deep.equal([false, false]);
  });
});
