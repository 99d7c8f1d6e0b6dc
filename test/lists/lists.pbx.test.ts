// The lists in the dialplan of a real Asterisk: what is typed reaches the next call within seconds, without anybody's reload.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { answerAfter, type Phone, ringOnly } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { performListsReload } from '../../src/actions/rule.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import { type ListsKeeper, startLists } from '../../src/lists/publish.js';
import { listsText } from '../../src/lists/text.js';
import { listsLoaded } from '../../src/serve/lists.js';
import { saveClients } from '../../src/store/clients.js';
import { type Db, openDatabase } from '../../src/store/database.js';
import { type Lists, readLists, removeEntry, saveEntries } from '../../src/store/lists.js';
import { migrate } from '../../src/store/migrate.js';
import { testLog } from '../ami/fake.js';
import { CORPUS } from '../corpus/corpus.js';
import { MIGRATIONS } from '../store/migrations.js';
import { DIALPLAN, labLists, scriptOf } from './pbx.js';

const sample = (name: string) => readFileSync(join(DIALPLAN, 'pbx', name), 'utf8');
const entry = (file: string) => `
#exec ${scriptOf('lists')} ${file}
[with-lists]
exten => _[+0-9]!,1,Gosub(dialhook,in,1)
 same => n,Gosub(dialhook-lists,in,1)
 same => n,Gosub(dialhook-routes,s,1(\${EXTEN}))
 same => n,GotoIf($["\${GOSUB_RETVAL}" != ""]?\${GOSUB_RETVAL})
 same => n,Goto(from-trunk,\${EXTEN},1)
`;

describe('lists in the dialplan', function () {
  this.timeout(120_000);
  let folder: string;
  let file: string;
  let pbx: SamplePbx;
  let ami: Ami;
  let db: Db;
  let keeper: ListsKeeper;
  let [anna, ben, trunk] = [] as unknown as [Phone, Phone, Phone];
  let away = false;

  before(async () => {
    folder = temporaryFolder('lists');
    file = join(folder, 'lists.conf');
    db = openDatabase(`sqlite:${join(folder, 'lists.sqlite')}`);
    await migrate(db, MIGRATIONS);
    pbx = await startSamplePbx({
      conf: {
        'extensions.conf': sample('extensions.conf') + entry(file),
        'dialhook/dialhook-lists.conf': await labLists(folder),
        'pjsip.conf': sample('pjsip.conf').replace('context = from-trunk', 'context = with-lists'),
      },
    });
    const { amiPort: port, amiUser: user, amiSecret: secret } = pbx;
    ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog() });
    await until(() => ami.state().up, { what: 'AMI is up', deadline: 10_000 });
    keeper = startLists({
      file,
      read: () => (away ? Promise.reject(new Error('the database is away')) : readLists(db, 10)),
      pbx: { loaded: (version) => listsLoaded(ami, version), reload: () => performListsReload(ami, Date.now()) },
      ...{ log: testLog(), everyMs: 200 },
    });
    [anna, ben, trunk] = [await pbx.phone('101'), await pbx.phone('102'), await pbx.trunk()];
  });
  after(async () => {
    await keeper?.stop();
    await ami?.close();
    await pbx?.remove();
    await db?.close();
    removeFolder(folder);
  });

  const loaded = () => until(() => keeper.state().loaded === true, { what: 'the PBX has the lists', deadline: 30_000 });
  /** Changes a list, and waits until the PBX has it. Milliseconds it took. */
  async function change(work: () => Promise<unknown>): Promise<number> {
    const began = Date.now();
    await work();
    // A look in the middle of the work sees a part of it: what is waited for is the text of all.
    const whole = async () => listsText(await readLists(db, 10), Date.now()).version === keeper.state().version;
    await until(whole, { what: 'the new text' });
    await loaded();
    return Date.now() - began;
  }
  const add = <K extends keyof Lists>(list: K, ...entries: Lists[K]) => saveEntries(db, list, entries, Date.now());
  const rings = async (phone: Phone, to: string, number: string) => {
    const call = trunk.call(to, { from: { number } });
    const talk = await phone.incoming();
    await call.hangup().catch(() => undefined);
    return talk !== undefined;
  };
  const refused = async (number: string) => {
    const call = trunk.call('5551000', { from: { number } });
    const ended = await call.ended();
    return ended.kind;
  };

  it('sends a number where its route leads, and elsewhere when it is changed', async () => {
    const route = { number: '5559901', context: 'internal', priority: 1, note: '' };
    const took = await change(() => add('routes', { ...route, exten: '101' }));
    expect(took).to.be.lessThan(30_000);
    expect(await rings(anna, '5559901', '+998000000140')).to.equal(true);
    const again = await change(() => add('routes', { ...route, exten: '102' }));
    expect(again).to.be.lessThan(30_000);
    expect(await rings(ben, '5559901', '+998000000140')).to.equal(true);
    // A route that leads nowhere is passed over: the call goes on as without it.
    await change(() => add('routes', { ...route, number: '5551001', exten: 'nobody' }));
    await until(async () => (await pbx.cli('dialplan show 5551001@dialhook-list-routes')).includes('nobody'), {
      what: 'the route is there',
    });
  });

  it('refuses a caller of the black list, until the time is over or the number is taken off', async () => {
    const number = '+998000000142';
    await change(() => add('blacklist', { number, reason: 'threats', until: null }));
    expect(await refused(number)).to.equal('refusal_received');
    await change(() => add('blacklist', { number, reason: 'threats', until: Date.now() - 1000 }));
    expect(await pbx.cli('dialplan show 998000000142@dialhook-list-black')).to.match(/EPOCH/);
    const over = trunk.call('5559901', { from: { number } });
    await ben.incoming();
    await over.hangup().catch(() => undefined);
    await change(() => removeEntry(db, 'blacklist', number));
    expect(await rings(ben, '5559901', number)).to.equal(true);
  });

  it('puts a VIP in front of those who wait longer; a client who is marked too', async () => {
    await change(async () => {
      await add('vips', { number: '+998000000150', name: 'Blue Kettle Ltd', priority: 20 });
      await saveClients(db, [{ number: '+998000000151', name: 'Anna', company: '', vip: true }]);
    });
    anna.plan = ringOnly;
    await pbx.cli('queue add member PJSIP/101 to sales');
    const calls = ['+998000000152', '+998000000151', '+998000000150'].map(
      (number) => () => trunk.call('5551000', { from: { number } }),
    );
    const made: ReturnType<Phone['call']>[] = [];
    for (const [i, call] of calls.entries()) {
      made.push(call());
      await until(async () => ((await pbx.cli('queue show sales')).match(/wait:/g) ?? []).length === i + 1, {
        what: `${i + 1} callers wait`,
      });
    }
    const shown = await pbx.cli('queue show sales');
    expect([...shown.matchAll(/prio: (\d+)/g)].map(([, prio]) => prio)).to.deep.equal(['20', '10', '0']);
    for (const call of made) await call.hangup().catch(() => undefined);
    await pbx.cli('queue remove member PJSIP/101 from sales');
    anna.reset(answerAfter(50));
  });

  it('goes on with the last text while the database is away, also through a reload, and when the file is damaged', async () => {
    const number = '+998000000160';
    await change(() => add('blacklist', { number, reason: '', until: null }));
    away = true;
    await until(() => keeper.state().failingSince !== null, { what: 'the keeper notices' });
    await pbx.cli('dialplan reload');
    expect(await refused(number)).to.equal('refusal_received');
    const good = readFileSync(file, 'utf8');
    writeFileSync(`${file}.last`, good);
    for (const bad of [
      good.slice(0, -20),
      `${good.replace(/; end.*\n$/, '')}exten => s,1,System(id)\n; end 99\n`,
      '',
    ]) {
      writeFileSync(file, bad);
      await pbx.cli('dialplan reload');
      expect(
        await pbx.cli('dialplan show 998000000160@dialhook-list-black'),
        JSON.stringify(bad.slice(-40)),
      ).to.contain('Return(refused)');
    }
    writeFileSync(file, good);
    away = false;
    await until(() => keeper.state().failingSince === null, { what: 'the database is back' });
  });

  it('takes nothing hostile from names, reasons, notes and numbers into the dialplan', async () => {
    const problems = pbx.problems().length;
    await change(async () => {
      for (const [i, { text }] of CORPUS.entries()) {
        const number = `99800555${String(1000 + i)}`;
        await add('blacklist', { number, reason: text, until: null });
        await add('vips', { number, name: text, priority: 5 });
        await add('routes', { number, context: 'internal', exten: '101', priority: 1, note: text });
        // Past the command's own check, as a row that somebody wrote by hand.
        await add('routes', { number: `${number}0`, context: text, exten: text, priority: 1, note: '' });
        await add('blacklist', { number: `${text}7${i}`, reason: '', until: null });
      }
    });
    expect(pbx.problems().slice(problems)).to.deep.equal([]);
    const shown = await pbx.cli('dialplan show dialhook-list-routes');
    expect(shown).to.not.match(/SHELL|System|Local\/|evil/);
    for (const line of shown.split('\n').filter((one) => /=>/.test(one)))
      expect(line).to.match(/'[0-9]+' => +1\. Return\([\w-]+,[\w*#+.-]+,\d+\)/);
  });
});
