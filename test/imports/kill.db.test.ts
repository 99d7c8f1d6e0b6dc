// The import as a program, killed in the middle: it goes on, and what stands in the end is what one run would have made.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { rowsOfCalls } from '../../src/store/calls.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { bring, cdrRow, type Foreign, foreignCdr } from './foreign.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CALLS = 3000;

describe('import-cdr that is killed', function () {
  this.timeout(120_000);
  let folder: string;
  let foreign: Foreign;
  let killed: TestDb;
  let whole: TestDb;
  before(async () => {
    folder = temporaryFolder('import');
    foreign = await foreignCdr();
    const columns = Object.keys(cdrRow(0));
    for (let from = 0; from < CALLS; from += 1000) {
      const rows = Array.from({ length: 1000 }, (_, i) => {
        const at = 1_768_208_400 + (from + i) * 3;
        const calldate = new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ');
        return cdrRow(1, { calldate, uniqueid: `${at}.${from + i}`, linkedid: `${at}.${from + i}` });
      });
      await foreign.sql(`INSERT INTO cdr (${columns.join()}) VALUES ?`, [
        rows.map((row) => columns.map((name) => row[name])),
      ]);
    }
    killed = await emptyDatabase('mysql');
    whole = await emptyDatabase('mysql');
  });
  after(async () => {
    await foreign?.close();
    await killed?.remove();
    await whole?.remove();
    removeFolder(folder);
  });

  const start = () => {
    const url = new URL(foreign.url);
    const env = {
      DIALHOOK_IMPORT_PASSWORD: url.password,
      DIALHOOK_DATABASE_URL: killed.url,
      DIALHOOK_DATA_DIR: folder,
    };
    url.password = '';
    const args = [
      '--import',
      'tsx',
      'src/main.ts',
      'import-cdr',
      '--from',
      url.toString(),
      '--time-zone',
      'UTC',
      '--batch',
      '100',
    ];
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
      child.once('exit', (code) => resolve({ code, said })),
    );
    return { child, ended };
  };
  const count = async () => Number(((await killed.db.knex('cdr_calls').count({ n: '*' })) as { n: number }[])[0]?.n);

  it('goes on where it was, and makes the rows that one run makes', async () => {
    const first = start();
    await until(async () => (await count()) > 300, { what: 'some calls are written', deadline: 60_000, every: 20 });
    first.child.kill('SIGKILL');
    await first.ended;
    const stood = await count();
    expect(stood).to.be.within(301, CALLS - 1);
    const second = await start().ended;
    expect(second.said).to.contain(`${CALLS - stood} calls imported`);
    expect(second.code).to.equal(0);
    const third = await start().ended;
    expect(third.said).to.match(/^0 calls imported/m);
    expect(await bring(whole.db, foreign)).to.include({ calls: CALLS, rejected: 0 });
    const ids = (await whole.db.knex('cdr_calls').orderBy('call_id').pluck('call_id')) as string[];
    expect(await count()).to.equal(CALLS);
    for (let i = 0; i < CALLS; i += 1000) {
      const part = ids.slice(i, i + 1000);
      expect(await rowsOfCalls(killed.db.knex, part)).to.deep.equal(await rowsOfCalls(whole.db.knex, part));
    }
  });
});
