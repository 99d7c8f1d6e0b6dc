// What nobody says is found out by comparing: the whole centre, a channel that no hook announced, and a PBX that dies in
// mid-call (the story 14-lost).
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, parseLine } from '../../src/call/event.js';
import { readCall } from '../../src/store/read-call.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, openCentre, quiet } from './centre.js';

const version = wantedVersion();
/** A channel that is younger may be on its way to the tables; the comparison leaves it alone. */
const YOUNG_MS = 10_000;
/** Two looks closer together than this count as one. */
const APART_MS = 5_000;

describe(`what no hook sees, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let database: TestDb;
  let centre: Centre;

  before(async () => {
    database = await emptyDatabase('sqlite');
    centre = await openCentre(version, database.url);
  });
  after(async () => {
    await centre?.stop();
    await database?.remove();
  });

  const events = async (kind: string) =>
    ((await database.db.knex('events').where({ event: kind }).pluck('line')) as string[]).map((line) => {
      const parsed = parseLine(line);
      if (!parsed.ok) throw new Error(parsed.refusal.reason);
      return parsed.event;
    });

  /** Looks again and again until the tables hold `count` events of the kind that are of other channels than `but`. */
  async function looked(kind: CallEvent['event'], count: number, but = ''): Promise<CallEvent[]> {
    let last = 0;
    const seen = async () => {
      if (Date.now() - last > APART_MS) {
        await centre.look();
        last = Date.now();
      }
      const found = (await events(kind)).filter((event) => event.uniqueid !== but);
      return found.length >= count ? found : null;
    };
    return until(seen, { what: `${count} events ${kind}`, deadline: YOUNG_MS + 5 * APART_MS, every: 200 });
  }

  it('finds a channel that no hook announced, and closes its call when it is gone', async () => {
    const phone = centre.phones.get('104');
    if (phone) phone.plan = answerAfter(0);
    const plain = { Channel: 'PJSIP/104', Application: 'Wait', Data: '60', CallerID: '104', ChannelId: 'plain-1' };
    await centre.ami.action('Originate', { ...plain, Async: 'true' });
    const [found] = await looked('found', 1);
    expect(found).to.include({ uniqueid: 'plain-1', source: 'ami', endpoint: '104', state: 'up', application: 'Wait' });
    await phone?.calls()[0]?.hangup();
    await quiet(centre);
    const [lost] = await looked('lost', 1);
    expect(lost).to.include({ uniqueid: 'plain-1', source: 'ami', reason: 'gone from the PBX' });
    const call = await until(() => readCall(database.db, found?.call ?? ''), { what: 'the call in cdr_calls' });
    expect(call.odd).to.include('seen only by comparing with the PBX');
    expect(call.legs.map((leg) => `${leg.endpoint} ${leg.source}`)).to.deep.equal(['104 ami']);
  });

  it('closes the calls of a PBX that died, and says so', async () => {
    for (const phone of centre.phones.values()) phone.plan = answerAfter(300);
    const client = centre.trunk.call('5551101', { from: { number: '+998000000101' } });
    await client.answered();
    await until(async () => (await events('answer')).length > 0, { what: 'the answer is in the tables' });
    await centre.asterisk.kill();
    await centre.asterisk.start();
    await looked('lost', 2, 'plain-1');
    const [answer] = await events('answer');
    const call = await until(() => readCall(database.db, answer?.call ?? ''), { what: 'the call in cdr_calls' });
    expect({ outcome: call.outcome, endedBy: call.endedBy }).to.deep.equal({ outcome: 'answered', endedBy: 'system' });
    expect(call.talks.map((talk) => `${talk.operator} ${talk.endedBy}`)).to.deep.equal(['101 system']);
    expect(call.odd).to.have.length(2);
    for (const odd of call.odd) expect(odd).to.match(/^the end of PJSIP\/\S+ was never reported$/);
    expect(await database.db.knex('rt_legs')).to.deep.equal([]);
  });
});
