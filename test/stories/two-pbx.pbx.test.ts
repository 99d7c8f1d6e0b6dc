// Two PBXs, each with a server of its own, on one database. Their channels have the same names and the same uniqueids, and
// nothing of one is found in the other; a call that goes over from one to the other says where it came from.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';
import type { Call } from '../../src/call/call.js';
import { readCall } from '../../src/store/read-call.js';
import { toDb } from '../../src/store/time.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, CREW, DIALPLAN, logIn, openCentre, quiet } from './centre.js';
import { readGlobals, reset } from './centre-reset.js';
import { inTime, OffTime, perform } from './perform.js';
import { allStories } from './story.js';

const version = wantedVersion();
const CLIENT = '+998000000101';

describe(`two PBXs on one database, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let database: TestDb;
  let first: Centre;
  let second: Centre;
  const both = () => [first, second];

  before(async () => {
    database = await emptyDatabase('mysql');
    const ports = [await freePort(), await freePort()] as const;
    const secret = randomBytes(12).toString('hex');
    first = await openCentre(version, database.url, peerOf('pbx1', ports[0], ports[1], secret));
    second = await openCentre(version, database.url, peerOf('pbx2', ports[1], ports[0], secret));
    for (const centre of both())
      for (const [operator, queues] of Object.entries(CREW)) await logIn(centre, [operator], queues);
  });
  after(async () => {
    await second?.stop();
    await first?.stop();
    await database?.remove();
  });
  afterEach(async () => {
    await Promise.all(both().map(quiet));
    expect(await database.db.knex('rejected_events')).to.deep.equal([]);
  });

  it('keep calls apart whose channels have the same uniqueid and the same name', async () => {
    const since = Date.now();
    const started = both().map((centre) =>
      centre.ami.action('Originate', {
        Channel: 'PJSIP/103',
        ChannelId: 'same-1',
        Context: 'operators',
        Exten: '101',
        Priority: '1',
        CallerID: '103',
        Async: 'true',
      }),
    );
    await Promise.all(started);
    // The second call is one second longer: the end of the first must not end it.
    const heard = await Promise.all(both().map((centre, n) => hangUpAfter(centre, '101', 1 + n)));
    await Promise.all(both().map(quiet));
    const [one, other] = [await callOf(first, since), await callOf(second, since)];
    expect([one.id, other.id]).to.deep.equal(['pbx1-same-1', 'pbx2-same-1']);
    expect(one.legs.map((leg) => leg.uniqueid)[0]).to.equal('same-1');
    // This is what the test stands on: without equal ids and names nothing could mix.
    expect(one.legs[0]?.uniqueid).to.equal(other.legs[0]?.uniqueid);
    expect(one.legs.map((leg) => leg.channel)).to.deep.equal(other.legs.map((leg) => leg.channel));
    for (const [n, call] of [one, other].entries()) {
      expect(call.odd).to.deep.equal([]);
      expect(call.joined).to.deep.equal([]);
      expect(call.legs.map((leg) => leg.endpoint)).to.deep.equal(['103', '101']);
      expect(call.talks.map((talk) => talk.operator).sort()).to.deep.equal(['101', '103']);
      for (const talk of call.talks) expect(lengthOf(talk)).to.be.closeTo(heard[n] ?? 0, 900);
    }
    const strangers = await database.db.knex('events').whereRaw("call_id like 'pbx1-%' and pbx <> 'pbx1'");
    expect(strangers).to.deep.equal([]);
  });

  it('play the same stories at the same time, each with the rows of the story', async () => {
    const stories = allStories().filter((story) => /^(01|07|10|12)-/.test(story.file));
    expect(stories).to.have.length(4);
    const globals = await Promise.all(both().map(readGlobals));
    for (const story of stories) {
      await inTime(async () => {
        for (const [n, centre] of both().entries()) await reset(centre, globals[n] ?? new Map(), story.given);
        const played = await Promise.allSettled(both().map((centre) => perform(centre, story)));
        // Rows that were wrong say more than times that were.
        const wrong = played.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
        const worst = wrong.find((error) => !(error instanceof OffTime)) ?? wrong[0];
        if (worst) throw worst;
      });
    }
  });

  it('know operators of the same name apart', async () => {
    await first.phones.get('101')?.call('*472').ended();
    const states = async () =>
      (await database.db.knex('rt_operators').where({ operator: '101' }).orderBy('pbx').pluck('presence')) as string[];
    await until(async () => (await states())[0] === 'paused', { what: '101 is paused at pbx1' });
    expect(await states()).to.deep.equal(['paused', 'ready']);
    await first.phones.get('101')?.call('*48').ended();
    await until(async () => (await states())[0] === 'ready', { what: '101 is ready at pbx1' });
  });

  for (const trusted of [true, false]) {
    it(`${trusted ? 'link' : 'do not link'} a call that is transferred over, when the other side is ${trusted ? '' : 'not '}trusted`, async () => {
      for (const centre of both()) {
        await centre.asterisk.cli(`dialplan set global DH_TRUST_peer ${trusted ? 'yes' : 'no'}`);
        for (const phone of centre.phones.values()) phone.plan = answerAfter(300);
      }
      const since = Date.now();
      const client = first.trunk.call('5551101', { from: { number: CLIENT } });
      const talk = await until(
        () =>
          first.phones
            .get('101')
            ?.calls()
            .find((call) => call.state === 'up'),
        {
          what: '101 talks with the client',
        },
      );
      await client.answered();
      const bridged = async () => / 2 +basic /.test(await first.asterisk.cli('bridge show all'));
      await until(bridged, { what: 'the two are put together' });
      await talk.transfer('2103');
      await talk.ended();
      await hangUpAfter(second, '103', 1);
      await Promise.all(both().map(quiet));
      const [here, there] = [await callOf(first, since), await callOf(second, since)];
      expect(here.outcome).to.equal('answered');
      expect(here.legs.map((leg) => leg.role)).to.deep.equal(['caller', 'device', 'trunk']);
      expect(there.outcome).to.equal('answered');
      expect({ from: there.from, to: there.to, trunk: there.trunk }).to.deep.equal({
        from: CLIENT,
        to: '103',
        trunk: 'peer',
      });
      expect(there.talks.map((one) => `${one.operator} ${one.party}`)).to.deep.equal([`103 ${CLIENT}`]);
      expect(there.parent).to.equal(trusted ? here.id : '');
      expect(here.parent).to.equal('');
      const linked = await database.db.knex('cdr_calls').where({ parent_call_id: here.id }).pluck('call_id');
      expect(linked).to.deep.equal(trusted ? [there.id] : []);
    });
  }
});

/** A PBX with the sample's trunk to the other one, which listens on `peer`. */
function peerOf(pbx: string, own: number, peer: number, secret: string) {
  const sample = readFileSync(join(DIALPLAN, 'pbx/pjsip_peer.conf.sample'), 'utf8');
  const values = { SIP_PORT: String(own), PEER_HOST: '127.0.0.1', PEER_PORT: String(peer), PEER_SECRET: secret };
  return { pbx, values, conf: { 'pjsip_peer.conf': sample } };
}

/** Gives how long the phone was in the call by its own clock, ms. */
async function hangUpAfter(centre: Centre, operator: string, seconds: number): Promise<number> {
  const phone = centre.phones.get(operator);
  const call = await until(() => phone?.calls().find((one) => one.state === 'up'), {
    what: `${operator} of ${centre.asterisk.pbx} is in a call`,
    deadline: 15_000,
  });
  await sleep(seconds * 1000);
  await call.hangup();
  const at = async (kind: 'answer_sent' | 'bye_sent') => (await call.waitFor(kind)).at;
  return (await at('bye_sent')) - (await at('answer_sent'));
}

/** The only call of a PBX since then. */
async function callOf({ db, asterisk }: Centre, since: number): Promise<Call> {
  const ids = await until(
    async () => {
      const own = db.knex('cdr_calls').where({ pbx: asterisk.pbx }).where('started_at', '>=', toDb(since));
      const found = (await own.pluck('call_id')) as string[];
      return found.length > 0 ? found : null;
    },
    { what: `a call of ${asterisk.pbx} in cdr_calls` },
  );
  expect(ids, `calls of ${asterisk.pbx}`).to.have.length(1);
  const call = await readCall(db, ids[0] ?? '');
  if (call === null) throw new Error(`${ids[0]} is not in the tables`);
  return call;
}

const lengthOf = ({ startedAt, endedAt }: { startedAt: number; endedAt: number | null }) => (endedAt ?? 0) - startedAt;
