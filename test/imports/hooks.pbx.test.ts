// The same real calls told twice: by our hooks as they happen, and by Asterisk's own cdr, cel and queue_log brought in afterwards.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { until } from '../../scripts/lab/wait.js';
import type { Call } from '../../src/call/call.js';
import { fileSource } from '../../src/imports/cdr-source.js';
import { importCdr } from '../../src/imports/import-cdr.js';
import { importQueueLog } from '../../src/imports/import-queue-log.js';
import { queueFiles } from '../../src/imports/queue-source.js';
import { readCall } from '../../src/store/read-call.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, logIn, openCentre, quiet } from '../stories/centre.js';
import { play } from '../stories/play.js';
import { PLAIN } from './foreign.js';

const STORIES = [
  '103 dials 101 · 101 answers after 1 s · caller hangs up after 2 s',
  '103 dials 101 · 101 is busy',
  '+998000000101 dials 5551000 · 101 rings · 102 answers after 1 s · caller hangs up after 2 s',
  '+998000000101 dials 5551000 · 101 rings · 102 rings · caller gives up after 2 s',
  '103 dials 998000000142 · client answers after 1 s · 103 hangs up after 2 s',
  '+998000000101 dials 5551000 · 101 answers after 1 s · 103 answers after 1 s · 101 transfers to 103 after 1 s · caller hangs up after 3 s',
];
const CEL =
  'eventtype eventtime CALLERID(name) CALLERID(num) CHANNEL(exten) CHANNEL(context) CHANNEL(channame) CHANNEL(appname) CHANNEL(appdata) CHANNEL(uniqueid) CHANNEL(linkedid) BRIDGEPEER eventextra';
const version = wantedVersion();

describe(`what Asterisk ${version} told itself, brought in`, function () {
  this.timeout(180_000);
  let hooks: TestDb;
  let centre: Centre;
  let ours: Call[];
  const file = (name: string) => join(centre.asterisk.folder, 'log', name);
  const rows = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'latin1').split('\n').length : 0);

  before(async () => {
    hooks = await emptyDatabase('sqlite');
    centre = await openCentre(version, hooks.url);
    await keepRecords(centre);
    await logIn(centre, ['101', '102'], 'sales');
    const loggedIn = (await centre.db.knex('cdr_calls').pluck('call_id')) as string[];
    for (const story of STORIES) {
      for (const phone of centre.phones.values()) {
        phone.plan = answerAfter(300);
        await phone.register();
      }
      centre.trunk.plan = answerAfter(300);
      await centre.phones.get('108')?.unregister();
      const written = rows('cdr-csv/Master.csv');
      const stage = {
        phones: centre.phones,
        trunk: centre.trunk,
        click: () => Promise.reject(new Error('nobody clicks here')),
      };
      await play(story.split(' · '), stage as unknown as Parameters<typeof play>[1]);
      await quiet(centre);
      await until(() => rows('cdr-csv/Master.csv') > written, { what: 'cdr is written' });
    }
    const ids = (await centre.db
      .knex('cdr_calls')
      .whereNotIn('call_id', loggedIn)
      .orderBy('started_at')
      .pluck('call_id')) as string[];
    ours = (await Promise.all(ids.map((id) => readCall(centre.db, id)))).filter((call) => call !== null);
    expect(ours).to.have.length(STORIES.length);
  });
  after(async () => {
    await centre?.stop();
    await hooks?.remove();
  });

  /** The calls of our hooks, each with what an import made of it. */
  async function imported(work: (target: TestDb) => Promise<void>): Promise<[Call, Call][]> {
    const target = await emptyDatabase(version === '16' ? 'mysql' : 'sqlite');
    try {
      await work(target);
      const pairs: [Call, Call][] = [];
      for (const call of ours) {
        const found = await readCall(target.db, `pbx1-${call.linkedid}`);
        expect(found, `${call.from} → ${call.to}`).to.not.equal(null);
        if (found) pairs.push([call, found]);
      }
      return pairs;
    } finally {
      await target.remove();
    }
  }

  const cdr = (target: TestDb, cel: string | null) =>
    importCdr(target.db, {
      ...PLAIN,
      pbx: 'pbx1',
      operators: /^10\d$/,
      source: fileSource(file('cdr-csv/Master.csv'), [], cel),
    });
  const log = (target: TestDb) =>
    importQueueLog(target.db, {
      source: queueFiles(file('queue_log')),
      pbx: 'pbx1',
      dryRun: false,
      progress: () => undefined,
      now: Date.now,
    });

  it('with cel, is the call that our hooks recorded: who talked, from when and how long, within a second', async () => {
    const pairs = await imported(async (target) => {
      expect(await cdr(target, file('cel-custom/Master.csv'))).to.include({ rejected: 0 });
    });
    for (const [own, found] of pairs) {
      same(own, found);
      expect(found.to, 'dialled').to.equal(own.to);
      expect(found.endedBy, `${own.from} → ${own.to} ended by`).to.equal(own.endedBy);
    }
    expect(pairs.at(-1)?.[1].steps.map(({ step, what, detail }) => `${step} ${what} ${detail}`)).to.deep.equal([
      'transfer 103 101',
    ]);
  });

  it('with queue_log instead, too', async () => {
    const pairs = await imported(async (target) => {
      await cdr(target, null);
      expect(await log(target)).to.include({ rejected: 0 });
    });
    // The second call of a transfer is no queue's: without cel its start is that of the PBX's own answer.
    for (const [own, found] of pairs.slice(0, -1)) same(own, found);
    for (const [own, found] of pairs) expect(waits(found)).to.deep.equal(waits(own));
  });

  it('by cdr alone, is right where the PBX had not answered before, and marked where it had', async () => {
    const pairs = await imported(async (target) => void (await cdr(target, null)));
    for (const [own, found] of pairs) {
      if (own.visits.length === 0) same(own, found);
      else expect(found.odd.join(), `${own.from} → ${own.to}`).to.not.equal('');
      expect(found.outcome).to.equal(own.outcome);
    }
  });

  it('is left alone where our hooks recorded it', async () => {
    // The two that operators dialled to log in are no calls to our hooks.
    expect(await cdr(hooks, null)).to.include({ calls: 2, recorded: STORIES.length, rejected: 0 });
    expect(await log(hooks)).to.include({ joined: 0, alone: 0 });
  });
});

const waits = (call: Call) => call.visits.map(({ queue, outcome, operator }) => ({ queue, outcome, operator }));
const SECOND = 1000;

function same(own: Call, found: Call): void {
  const what = `${own.from} → ${own.to}: ${JSON.stringify(found.talks)} instead of ${JSON.stringify(own.talks)}`;
  expect(found, what).to.include({ direction: own.direction, from: own.from, outcome: own.outcome });
  expect(waits(found), what).to.deep.equal(waits(own));
  const told = (call: Call) => call.talks.map(({ operator, party, queue }) => `${operator} ↔ ${party} ${queue}`).sort();
  expect(told(found), what).to.deep.equal(told(own));
  for (const talk of own.talks) {
    const other = found.talks.find(
      (one) => one.operator === talk.operator && Math.abs(one.startedAt - talk.startedAt) <= 1.5 * SECOND,
    );
    expect(other, what).to.not.equal(undefined);
    const length = ({ startedAt, endedAt }: { startedAt: number; endedAt: number | null }) =>
      (endedAt ?? startedAt) - startedAt;
    expect(other && length(other), what).to.be.closeTo(length(talk), SECOND);
  }
  if (own.answeredAt !== null) expect(found.answeredAt, what).to.be.closeTo(own.answeredAt, 1.5 * SECOND);
}

/** Switches cdr and cel of the sample PBX on, as an office with Asterisk's own reports has them. */
async function keepRecords({ asterisk }: Centre): Promise<void> {
  const quoted = CEL.split(' ').map((name) => `\${CSV_QUOTE(\${${name}})}`);
  mkdirSync(join(asterisk.folder, 'log/cel-custom'), { recursive: true });
  await asterisk.configure(
    'cdr.conf',
    '[general]\nenable=yes\nunanswered=yes\n[csv]\nusegmtime=yes\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n',
  );
  await asterisk.configure('cel.conf', '[general]\nenable=yes\napps=queue\nevents=ALL\n');
  await asterisk.configure('cel_custom.conf', `[mappings]\nMaster.csv => ${quoted.join(',')}\n`);
  for (const command of [
    'module reload cdr',
    'module load cdr_csv.so',
    'module reload cel',
    'module load res_cdrel_custom.so',
    'module load cel_custom.so',
  ])
    await asterisk.cli(command);
  expect(await asterisk.cli('cel show status')).to.contain('CEL Custom CSV Logging');
}
