// On the dialplan that a FreePBX generated: the black list, the VIPs and the routes before its own inbound routes, and the sections of
// the queues, printed by #exec as Asterisk runs it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import { connectAmi } from '../../src/ami/index.js';
import { listsText } from '../../src/lists/text.js';
import { listsLoaded } from '../../src/serve/lists.js';
import type { Lists } from '../../src/store/lists.js';
import { testLog } from '../ami/fake.js';
import { overlaid } from '../freepbx/centre.js';
import { scriptOf } from './pbx.js';

const BLACK = '+998000000142';
const VIP = '+998000000150';
const LISTS: Lists = {
  blacklist: [{ number: BLACK, reason: 'threats', until: null }],
  vips: [{ number: VIP, name: 'Blue Kettle Ltd', priority: 20 }],
  routes: [{ number: '5551000', context: 'from-did-direct', exten: '103', priority: 1, note: '' }],
};

describe('lists and queues on FreePBX', function () {
  this.timeout(90_000);
  let folder: string;
  let file: string;
  let pbx: FreepbxPbx;
  let [anna, cara, trunk] = [] as unknown as [Phone, Phone, Phone];
  const etc = (name: string) => join(pbx.folder, 'etc', name);
  const write = (lists: Lists) => writeFileSync(file, listsText(lists, Date.now()).text);

  before(async () => {
    folder = temporaryFolder('lists-freepbx');
    file = join(folder, 'lists.conf');
    write({ ...LISTS, routes: [] });
    pbx = await startFreepbx(
      overlaid({
        systemName: '',
        custom: {
          'extensions_custom.conf': `#include dialhook/freepbx/extensions.conf\n#exec /bin/sh ${scriptOf('lists')} ${file}\n`,
          // Where the laboratory's configuration stands is known only when it runs: Asterisk itself says it.
          'queues_post_custom.conf': '',
        },
      }),
    );
    const script = `#exec /bin/sh ${scriptOf('queues')} ${join(pbx.folder, 'etc')}\n`;
    await pbx.configure('queues_post_custom.conf', `${script}[400](+)\nannounce-holdtime = once\n`);
    [anna, cara, trunk] = [await pbx.phone('101'), await pbx.phone('103'), await pbx.trunk()];
  });
  after(async () => {
    await pbx?.remove();
    removeFolder(folder);
  });

  it('gives each queue that exists its section, and the rest of the file counts', async () => {
    const before = pbx.problems().length;
    await pbx.cli('queue reload all');
    const printed = readFileSync(etc('queues_additional.conf'), 'utf8').match(/^\[\w+\]/gm);
    expect(printed).to.deep.equal(['[400]']);
    expect(pbx.problems().slice(before)).to.deep.equal([]);
    // Deleted in FreePBX: its section goes with it, at the same reload, and nothing below is lost.
    const text = readFileSync(etc('queues_additional.conf'), 'utf8');
    const post = readFileSync(etc('queues_post_custom.conf'), 'utf8');
    writeFileSync(etc('queues_additional.conf'), text.replace('[400]', '[401]'));
    writeFileSync(etc('queues_post_custom.conf'), post.replace('[400](+)', '[402]\nstrategy = ringall\n[401](+)'));
    await pbx.cli('queue reload all');
    expect(pbx.problems().slice(before)).to.deep.equal([]);
    expect(await pbx.cli('queue show'))
      .to.match(/^401 has/m)
      .and.to.match(/^402 has/m);
    writeFileSync(etc('queues_additional.conf'), text);
    writeFileSync(etc('queues_post_custom.conf'), post);
    await pbx.cli('queue reload all');
    expect(pbx.problems().slice(before)).to.deep.equal([]);
  });

  it('says by the manager interface whether it runs #exec, and whether lists are loaded', async () => {
    const ami = connectAmi({ host: '127.0.0.1', port: pbx.amiPort, user: 'lab', secret: pbx.amiSecret, log: testLog() });
    try {
      await until(() => ami.state().up, { what: 'the manager interface is up' });
      const ask = async (Variable: string) => (await ami.action('Getvar', { Variable })).get('Value');
      expect(await ask('AST_CONFIG(asterisk.conf,options,execincludes)')).to.equal('yes');
      const { version } = listsText({ ...LISTS, routes: [] }, Date.now());
      expect(await listsLoaded(ami, version)).to.equal(true);
      expect(await listsLoaded(ami, '0123456789abcdef')).to.equal(false);
    } finally {
      await ami.close();
    }
  });

  it('refuses who is on the black list before any inbound route', async () => {
    const call = trunk.call('5551001', { from: { number: BLACK } });
    expect((await call.ended(10_000)).kind).to.equal('refusal_received');
    expect(anna.log.events.some((event) => event.kind === 'invite_received')).to.equal(false);
    const other = trunk.call('5551001', { from: { number: VIP } });
    await anna.incoming(10_000);
    await other.hangup().catch(() => undefined);
  });

  it('puts a VIP in front, and sends a number where its route leads', async () => {
    await until(() => anna.calls().length === 0, { what: 'the phone is free' });
    anna.reset(answerAfter(60_000));
    const calls: ReturnType<Phone['call']>[] = [];
    for (const [i, number] of ['+998000000160', VIP].entries()) {
      calls.push(trunk.call('5551000', { from: { number } }));
      await until(async () => ((await pbx.cli('queue show 400')).match(/wait:/g) ?? []).length === i + 1, {
        what: `${i + 1} callers wait`,
        deadline: 15_000,
      });
    }
    expect([...(await pbx.cli('queue show 400')).matchAll(/prio: (\d+)/g)].map(([, prio]) => prio)).to.deep.equal([
      '20',
      '0',
    ]);
    for (const call of calls) await call.hangup().catch(() => undefined);
    write(LISTS);
    await pbx.cli('dialplan reload');
    const routed = trunk.call('5551000', { from: { number: '+998000000161' } });
    await cara.incoming(10_000);
    await routed.hangup().catch(() => undefined);
  });
});
