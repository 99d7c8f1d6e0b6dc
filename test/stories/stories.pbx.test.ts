// Every story that has a `play` line, on a real Asterisk with real phones: the rows must be those of the text.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { until } from '../../scripts/lab/wait.js';
import { destinationRule } from '../../src/actions/destination.js';
import { performClick } from '../../src/actions/perform.js';
import { rateLimit } from '../../src/actions/rate.js';
import { connectAmi } from '../../src/ami/index.js';
import { createLog } from '../../src/log/log.js';
import { findClick, saveClick, updateClick } from '../../src/store/clicks.js';
import { readCall } from '../../src/store/read-call.js';
import { toDb } from '../../src/store/time.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, logIn, openCentre, quiet } from './centre.js';
import { play } from './play.js';
import { allStories, type Story } from './story.js';
import { split, tell } from './tell.js';

/** A real PBX and real phones do not keep time to the millisecond: how far a time may be from the story's, seconds. */
const TOLERANCE = 0.6;
const version = wantedVersion();

describe(`stories on a real Asterisk ${version}`, function () {
  this.timeout(60_000);
  let database: TestDb;
  let centre: Centre;

  before(async () => {
    // One version on each database, so that all four meet.
    database = await emptyDatabase(version === '16' ? 'sqlite' : 'mysql');
    centre = await openCentre(version, database.url);
    await logIn(centre, ['101', '102'], 'sales&support');
    await logIn(centre, ['103'], 'support');
  });
  after(async () => {
    await centre?.stop();
    await database?.remove();
  });
  beforeEach(async () => {
    for (const phone of centre.phones.values()) {
      phone.plan = answerAfter(300);
      await phone.register();
    }
    centre.trunk.plan = answerAfter(300);
    // The duty phone behind the queues stays away, so that a queue's end is seen alone.
    await centre.phones.get('108')?.unregister();
  });

  for (const story of allStories().filter((s) => s.play.length > 0)) {
    it(`${story.file}: ${story.title}`, async () => {
      const since = Date.now();
      await play(story.play, {
        phones: centre.phones,
        trunk: centre.trunk,
        click: (operator, number) => click(centre, operator, number),
        console: (command) => centre.asterisk.cli(command),
      });
      await quiet(centre);
      const wanted = story.rows.filter((row) => row.startsWith('call ')).length;
      const ids = await until(() => callsSince(centre, since, wanted), {
        what: `${wanted} calls in cdr_calls`,
        deadline: 5000,
      });
      expect(ids, 'calls').to.have.length(wanted);
      const calls = await Promise.all(ids.map((id) => readCall(centre.db, id)));
      const zero = calls[0]?.startedAt ?? 0;
      const told = calls.flatMap((call) => (call ? tell(call, zero) : []));
      if (process.env['DIALHOOK_SHOW_STORIES']) {
        for (const id of ids) process.stdout.write(`${await shown(centre, id)}\n`);
        process.stdout.write(`----\n${told.join('\n')}\n\n`);
      }
      compare(story, told);
    });
  }

  it('recorded every event that the dialplan sent: nothing was kept aside, nothing spooled', async () => {
    expect(await centre.db.knex('rejected_events')).to.deep.equal([]);
    expect(centre.asterisk.log()).to.not.contain('dh.spool');
  });
});

async function callsSince(centre: Centre, since: number, wanted: number): Promise<string[] | null> {
  const started = centre.db.knex('cdr_calls').where('started_at', '>=', toDb(since));
  const ids = (await started.orderBy('started_at').pluck('call_id')) as string[];
  return ids.length >= wanted ? ids : null;
}

/** The words must be the story's; each time may differ by the tolerance. */
function compare(story: Story, told: string[]): void {
  const expected = inOrder(story.rows);
  const got = inOrder(told);
  expect(
    got.map((row) => row.words),
    told.join('\n'),
  ).to.deep.equal(expected.map((row) => row.words));
  for (const [n, row] of got.entries()) {
    for (const [i, time] of row.times.entries())
      expect(time, `${row.words} of\n${told.join('\n')}`).to.be.closeTo(expected[n]?.times[i] ?? Number.NaN, TOLERANCE);
  }
}

/** Calls that begin at once begin in any order: each call with its rows, sorted by what its first row says. */
function inOrder(rows: string[]): ReturnType<typeof split>[] {
  const calls: ReturnType<typeof split>[][] = [];
  for (const row of rows.map(split)) {
    if (row.words.startsWith('call ')) calls.push([]);
    calls.at(-1)?.push(row);
  }
  return calls.sort((a, b) => ((a[0]?.words ?? '') < (b[0]?.words ?? '') ? -1 : 1)).flat();
}

/** A click as the page sends it. */
async function click(centre: Centre, operator: string, number: string): Promise<void> {
  const { asterisk, db } = centre;
  const log = createLog({ level: 'silent', pretty: false });
  const ami = connectAmi({
    host: '127.0.0.1',
    port: asterisk.amiPort,
    user: asterisk.amiUser,
    secret: asterisk.amiSecret,
    log,
  });
  try {
    await until(() => ami.state().up, { what: 'the manager interface is up' });
    const clicks = {
      save: (row: Parameters<typeof saveClick>[1]) => saveClick(db, row),
      update: (...change: [string, Parameters<typeof updateClick>[2], number, Parameters<typeof updateClick>[4]]) =>
        updateClick(db, ...change),
      find: (id: string) => findClick(db, id),
    };
    const user = { id: 1, login: operator, role: 'operator' as const, operator };
    const deps = { ami, clicks, limit: rateLimit(), destination: destinationRule({ international: ['998'] }), log };
    const result = await performClick(deps, { verb: 'call', args: { operator, to: number }, user, now: Date.now() });
    expect(result.state, JSON.stringify(result)).to.equal('sent');
  } finally {
    await ami.close();
  }
}

/** The events of a call as the upper part of a story, for writing new ones. */
async function shown(centre: Centre, id: string): Promise<string> {
  const lines = (await centre.db.knex('events').where({ call_id: id }).orderBy(['at', 'id']).pluck('line')) as string[];
  const first = Number(new URLSearchParams(lines[0]).get('at'));
  return lines
    .map((line) => {
      const {
        at,
        event,
        channel,
        v,
        id: _id,
        pbx,
        call,
        uniqueid,
        linkedid,
        ...rest
      } = Object.fromEntries(new URLSearchParams(line));
      const words = Object.entries(rest)
        .filter(([, value]) => value !== '')
        .map(([key, value]) => `${key} ${value}`);
      return `${(Number(at) - first).toFixed(3).padStart(7)}  ${(event ?? '').padEnd(8)} ${words.join('  ').padEnd(55)} ch ${channel}`;
    })
    .join('\n');
}
