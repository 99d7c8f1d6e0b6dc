// The calls of a call centre on the dialplan that FreePBX generated: the rows must be those of the text, in test/freepbx/stories.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { freepbxOf } from '../../scripts/lab/freepbx/pbx.js';
import { answerAfter, ringOnly } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, quiet } from '../stories/centre.js';
import { sendClick } from '../stories/click.js';
import { OffTime, perform } from '../stories/perform.js';
import { readStory } from '../stories/story.js';
import { openFreepbxCentre } from './centre.js';
import { FAILOVER, FOLLOW_ME, huntGroup, merged, NOBODY, queueLike400 } from './made.js';

const FOLDER = fileURLToPath(new URL('stories/', import.meta.url));
const stories = readdirSync(FOLDER)
  .sort()
  .map((name) => readStory(name, readFileSync(`${FOLDER}${name}`, 'utf8')));
/** A story whose rows were right and whose times were not is played again: the machine had too much to do. */
const PLAYS = 3;
/** Seconds: a FreePBX runs a few hundred lines of dialplan for a call, and app_queue counts whole ones. */
const TOLERANCE = 1;

describe(`freepbx: stories on a real Asterisk ${wantedVersion()}`, function () {
  this.timeout(60_000);
  let centre: Centre;
  let database: TestDb;

  before(async () => {
    database = await emptyDatabase('sqlite');
    const version = freepbxOf(wantedVersion());
    const site = merged(huntGroup(version, 1), queueLike400(version, FAILOVER), queueLike400(version, NOBODY));
    centre = await openFreepbxCentre(database.url, { ringSeconds: 2, waitSeconds: 5, site });
    for (const [key, value] of Object.entries(FOLLOW_ME))
      await centre.asterisk.cli(`database put AMPUSER/102/followme ${key} ${value}`);
  });
  after(async () => {
    await centre?.stop();
    await database?.remove();
  });

  beforeEach(() => {
    for (const phone of [...centre.phones.values(), centre.trunk]) phone.reset();
  });

  for (const story of stories) {
    it(`${story.file}: ${story.title}`, async () => {
      for (let n = 1; ; n++) {
        try {
          await perform(centre, story, TOLERANCE);
          break;
        } catch (error) {
          if (!(error instanceof OffTime) || n === PLAYS) throw error;
        }
      }
    });
  }

  /** What the PBX has of a member of queue 400, as FreePBX's pages see it; null when it is none. */
  const member = async (extension: string) => {
    const items = await centre.ami.list('QueueStatus', { Queue: '400' }, { complete: 'QueueStatusComplete' });
    const seen = items.find((one) => one.get('Location') === `Local/${extension}@from-queue/n`);
    const fields = ['Name', 'StateInterface', 'Membership', 'Penalty', 'Paused', 'PausedReason'];
    return seen ? fields.map((field) => seen.get(field) ?? '').join(' ') : null;
  };
  const becomes = async (extension: string, wanted: string | null) => {
    let last: string | null = '';
    const done = async () => {
      last = await member(extension);
      return last === wanted;
    };
    await until(done, { deadline: 15_000, every: 100, what: () => `${extension} ${wanted}, not ${last}` });
  };
  const known = async (...expected: string[]) => {
    let last: string[] = [];
    // What was seen once may be on its way to us by an event: two looks must say it.
    const seen = async () => {
      await centre.look();
      const rows = await centre.db.knex('rt_operators').orderBy('operator').select('operator', 'queues', 'presence');
      // The queue that a story was made for has them too.
      const queues = (all: string) => all.split(',').filter((queue) => queue !== '' && queue !== FAILOVER.queue);
      last = rows.map((row) => [row.operator, row.presence, ...queues(row.queues).map((one) => `in ${one}`)].join(' '));
      return last.join() === expected.join();
    };
    await until(seen, { deadline: 15_000, every: 200, what: () => `${expected.join()}, not ${last.join()}` });
  };
  const lines = async (event: string, more: RegExp) => {
    const all = (await centre.db.knex('events').pluck('line')) as string[];
    return all.filter((line) => line.includes(`&event=${event}&`) && more.test(line));
  };
  const ready = (name: string) => `${name} hint:${name === 'Cara' ? 103 : 101}@ext-local`;
  const CARA = `${ready('Cara')} dynamic 0`;
  const ANNA = `${ready('Anna')} static 0`;

  it("sees a login by FreePBX's own *45, and one by click is the same", async () => {
    await known('101 ready in 400', '102 ready in 400');
    // A queue more, for which FreePBX lists nobody.
    await centre.asterisk.cli('database put QPENALTY 300/dynmemberonly no');
    await centre.phones.get('103')?.call('*45400').ended(20_000);
    await becomes('103', `${CARA} 0 `);
    await known('101 ready in 400', '102 ready in 400', '103 ready in 400');
    expect(await lines('login', /operator=103.*source=ami|source=ami.*operator=103/)).to.have.length(1);
    await sendClick(centre, '103', 'logout', {});
    await becomes('103', null);
    await sendClick(centre, '103', 'login', {});
    await becomes('103', `${CARA} 0 `);
    expect(await centre.asterisk.cli('database get CustomDevstate QUEUE103*400')).to.include('INUSE');
    await known('101 ready in 400', '102 ready in 400', '103 ready in 400');
  });

  it("pauses FreePBX's own members by click, and does not log out one of its pages", async () => {
    for (const [who, is] of [
      ['103', CARA],
      ['101', ANNA],
    ] as const) {
      await sendClick(centre, who, 'pause', { reason: 'lunch' });
      await becomes(who, `${is} 1 lunch`);
    }
    await known('101 paused in 400', '102 ready in 400', '103 paused in 400');
    for (const [who, is] of [
      ['103', CARA],
      ['101', ANNA],
    ] as const) {
      await sendClick(centre, who, 'unpause', {});
      await becomes(who, `${is} 0 `);
    }
    await sendClick(centre, '101', 'logout', {});
    const told = () => lines('click', /verb=logout.*target=101.*result=static/);
    await until(async () => (await told()).length === 1, { what: 'the logout of 101 is refused' });
    await becomes('101', `${ANNA} 0 `);
  });

  it('gives an operator his wrap-up: it begins, is made longer, done, and runs out', async () => {
    const talk = async () => {
      for (const who of ['101', '102']) centre.phones.get(who)?.reset(ringOnly);
      centre.phones.get('103')?.reset(answerAfter(200));
      const call = centre.trunk.call('5551000', { from: { number: '+998000000101' } });
      await until(() => centre.db.knex('rt_talks').where({ operator: '103' }).first('call_id'), {
        what: '103 talks',
        deadline: 15_000,
      });
      await call.hangup();
    };
    await centre.asterisk.cli('dialplan set global DH_WRAPUP_400 30');
    await talk();
    await becomes('103', `${CARA} 1 wrap_up`).catch((e) => {
      console.log(
        centre.asterisk
          .log()
          .split('\n')
          .filter((l) => /dialhook-(wrapup|end|missed)/.test(l))
          .slice(-60)
          .join('\n'),
      );
      throw e;
    });
    await sendClick(centre, '103', 'extend', {});
    await until(async () => (await lines('wrapup', /operator=103/)).length === 2, { what: 'the wrap-up is longer' });
    await sendClick(centre, '103', 'done', {});
    await becomes('103', `${CARA} 0 `);
    await centre.asterisk.cli('dialplan set global DH_WRAPUP_400 1');
    await quiet(centre);
    await talk();
    await until(async () => (await lines('wrapped', /operator=103.*how=timeout/)).length === 1, {
      what: 'the wrap-up runs out',
      deadline: 10_000,
    });
    await becomes('103', `${CARA} 0 `);
    await centre.asterisk.cli('dialplan set global DH_WRAPUP_400 0');
    await sendClick(centre, '103', 'logout', {});
    await becomes('103', null);
    await known('101 ready in 400', '102 ready in 400', '103 offline in 400');
  });

  it('recorded every event: nothing was refused, nothing spooled', async () => {
    expect(await centre.db.knex('rejected_events')).to.deep.equal([]);
    expect(centre.asterisk.log()).to.not.contain('dialhook.spool,,,al');
  });
});
