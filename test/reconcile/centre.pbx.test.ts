// The comparison in a whole centre: what the PBX knows better ends up in the tables.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import { performRule } from '../../src/actions/rule.js';
import { connectAmi } from '../../src/ami/index.js';
import { createLog } from '../../src/log/log.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { type Centre, logIn, openCentre } from '../stories/centre.js';

const version = wantedVersion();

describe(`the comparison in a centre, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let database: TestDb;
  let centre: Centre;

  before(async () => {
    database = await emptyDatabase(version === '16' ? 'sqlite' : 'mysql');
    centre = await openCentre(version, database.url);
    await logIn(centre, ['101'], 'sales&support');
  });
  after(async () => {
    await centre?.stop();
    await database?.remove();
  });

  /** Two looks count when they lie five seconds apart. */
  const afterLooks = <T>(what: string, see: () => Promise<T>) =>
    until(
      async () => {
        await centre.look();
        return see();
      },
      { what, deadline: 20_000, every: 500 },
    );
  const row = (operator: string, where: object) =>
    centre.db
      .knex('rt_operators')
      .where({ operator, ...where })
      .first();
  const line = async (id: string) => (await centre.db.knex('events').where('id', 'like', id).pluck('line')) as string[];

  it('an operator who was taken out of all queues is logged out', async () => {
    for (const queue of ['sales', 'support']) await centre.asterisk.cli(`queue remove member PJSIP/101 from ${queue}`);
    await afterLooks('101 is offline', () => row('101', { presence: 'offline' }));
    const [told = ''] = await line('pbx1-101-logout-%');
    expect(Object.fromEntries(new URLSearchParams(told))).to.include({
      source: 'ami',
      reason: 'lost',
      operator: '101',
    });
  });

  it('an operator who was put into a queue is logged in, and paused when the PBX says so', async () => {
    await centre.asterisk.cli('queue add member PJSIP/102 to sales');
    await afterLooks('102 is ready', () => row('102', { presence: 'ready', queues: 'sales' }));
    await centre.asterisk.cli('queue pause member PJSIP/102 queue sales reason lunch');
    await afterLooks('102 is paused', () => row('102', { presence: 'paused', reason: 'lunch' }));
    await centre.asterisk.cli('queue unpause member PJSIP/102 queue sales');
    await afterLooks('102 is ready again', () => row('102', { presence: 'ready' }));
    expect(await line('pbx1-102-%')).to.have.length(3);
  });

  it('the PBX carries out what a rule asks for, with the rights of the server’s own user', async () => {
    const { asterisk } = centre;
    const { amiPort: port, amiUser: user, amiSecret: secret } = asterisk;
    const ami = connectAmi({
      host: '127.0.0.1',
      port,
      user,
      secret,
      log: createLog({ level: 'silent', pretty: false }),
    });
    try {
      await until(() => ami.state().up, { what: 'the manager interface is up' });
      // A wrap-up whose timer went with a restart of the PBX.
      await asterisk.cli('database put dialhook-wrapup 102 1768464000:sales');
      await asterisk.cli('queue pause member PJSIP/102 queue sales reason wrap_up');
      await performRule(ami, 'done', '102', Date.now());
      await until(async () => !(await asterisk.cli('queue show sales')).includes('paused:wrap_up'), {
        ...{ what: '102 is not paused any more', every: 100 },
      });
      await until(async () => (await line('pbx1-%-wrapped-%')).length === 1, {
        what: 'the end of the wrap-up is told',
      });
      await performRule(ami, 'logout', '102', Date.now());
      await until(() => row('102', { presence: 'offline' }), { what: '102 is logged out' });
      const late = await performRule(ami, 'logout', 'x&Local/s@y', Date.now()).catch((error: Error) => error.message);
      expect(late).to.contain('is no phone');
    } finally {
      await ami.close();
    }
  });

  it('the calls of a PBX that died are closed, and the hold in them', async () => {
    const phone = centre.phones.get('103');
    if (phone) phone.plan = answerAfter(100);
    const call = centre.trunk.call('5551103', { from: { number: '+998000000101' } });
    await call.answered();
    await until(() => phone?.calls()[0]?.state === 'up', { what: '103 talks' });
    await phone?.calls()[0]?.hold();
    await until(() => centre.db.knex('rt_steps').where({ step: 'hold' }).first(), {
      what: 'the hold is in the tables',
    });
    // The channels must be older than ten seconds before they count as lost.
    await centre.asterisk.kill();
    await centre.asterisk.start();
    const done = (await until(
      async () => {
        await centre.look();
        return centre.db.knex('cdr_calls').where({ caller_number: '+998000000101' }).first();
      },
      { what: 'the call is closed', deadline: 40_000, every: 500 },
    )) as { outcome: string; ended_by: string; call_id: string };
    expect([done.outcome, done.ended_by]).to.deep.equal(['answered', 'system']);
    const [hold] = await centre.db.knex('cdr_steps').where({ call_id: done.call_id, step: 'hold' });
    expect(hold).to.include({ operator: '103', source: 'ami' });
    expect((hold as { ended_at: string | null }).ended_at).to.not.equal(null);
    expect(await centre.db.knex('rejected_events')).to.deep.equal([]);
  });
});
