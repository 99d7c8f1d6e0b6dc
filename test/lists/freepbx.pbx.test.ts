// On the dialplan that a FreePBX generated: the black list, the VIPs and the routes before its own inbound routes, and the sections of
// the queues, printed by #exec as Asterisk runs it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import { type Ami, connectAmi } from '../../src/ami/index.js';
import type { ListsDoor } from '../../src/cli/deps.js';
import { dynamicMembers } from '../../src/freepbx/read/dynamic.js';
import { createLog } from '../../src/log/log.js';
import { listsLoaded, listsOf } from '../../src/serve/lists.js';
import { type Server, serve } from '../../src/serve/serve.js';
import { testLog } from '../ami/fake.js';
import { overlaid } from '../freepbx/centre.js';
import { testConfig } from '../stories/centre.js';
import { labLists, scriptOf } from './pbx.js';

const BLACK = '+998000000142';
const VIP = '+998000000150';
describe('lists and queues on FreePBX', function () {
  this.timeout(120_000);
  let folder: string;
  let file: string;
  let pbx: FreepbxPbx;
  let ami: Ami;
  let server: Server;
  let door: ListsDoor;
  let [anna, cara, trunk] = [] as unknown as [Phone, Phone, Phone];
  const stopping = new AbortController();
  const etc = (name: string) => join(pbx.folder, 'etc', name);
  /** What Asterisk has to complain about, but of the dialplan: FreePBX's own makes it complain at each reload. */
  const problems = () => pbx.problems().filter((line) => !/ pbx(_config)?\.c:/.test(line));

  before(async () => {
    folder = temporaryFolder('lists-freepbx');
    file = join(folder, 'made/lists.conf');
    pbx = await startFreepbx(
      overlaid({
        systemName: '',
        custom: {
          'extensions_custom.conf': `#include dialhook/freepbx/extensions.conf\n#exec /bin/sh ${scriptOf('lists')} ${file}\n`,
          'dialhook/dialhook-lists.conf': await labLists(folder),
          'queues_post_custom.conf': '',
        },
      }),
    );
    // Where the laboratory's configuration stands is known only when it runs.
    const script = `#exec /bin/sh ${scriptOf('queues')} ${join(pbx.folder, 'etc')}\n`;
    await pbx.configure('queues_post_custom.conf', `${script}[400](+)\nannounce-holdtime = once\n`);
    [anna, cara, trunk] = [await pbx.phone('101'), await pbx.phone('103'), await pbx.trunk()];
    // The server's own user of the manager interface, with the overlay's narrow rights.
    const { amiPort: port, amiUser: user, amiSecret: secret } = pbx;
    ami = connectAmi({ host: '127.0.0.1', port, user, secret, log: testLog() });
    await until(() => ami.state().up, { what: 'the manager interface is up', deadline: 10_000 });
    const config = testConfig(folder, `sqlite:${folder}/db.sqlite`, {
      ...{ AMI_HOST: '127.0.0.1', AMI_PORT: String(port), AMI_USER: user, AMI_SECRET: secret },
      LISTS_FILE: file,
    });
    // Before the server starts: it has the PBX reload once, and would wait a quarter of a minute with the next change.
    door = await listsOf(config);
    const route = { number: '5551002', context: 'from-did-direct', exten: '103', priority: 1, note: '' };
    await door.save('vips', [{ number: VIP, name: 'Blue Kettle Ltd', priority: 20 }]);
    await door.save('routes', [route]);
    await door.save('blacklist', [{ number: BLACK, reason: 'threats', until: null }]);
    server = await serve(config, createLog({ level: 'silent', pretty: false }), () => undefined, stopping.signal);
    await server.tables;
  });
  after(async () => {
    stopping.abort();
    await door?.close();
    await server?.stop();
    await ami?.close();
    await pbx?.remove();
    removeFolder(folder);
  });

  it('gives each queue that exists its section, and the rest of the file counts', async () => {
    const before = problems().length;
    await pbx.cli('queue reload all');
    const printed = readFileSync(etc('queues_additional.conf'), 'utf8').match(/^\[\w+\]/gm);
    expect(printed).to.deep.equal(['[400]']);
    expect(problems().slice(before)).to.deep.equal([]);
    // Deleted in FreePBX: its section goes with it, at the same reload, and nothing below is lost.
    const text = readFileSync(etc('queues_additional.conf'), 'utf8');
    const post = readFileSync(etc('queues_post_custom.conf'), 'utf8');
    writeFileSync(etc('queues_additional.conf'), text.replace('[400]', '[401]'));
    writeFileSync(etc('queues_post_custom.conf'), post.replace('[400](+)', '[402]\nstrategy = ringall\n[401](+)'));
    await pbx.cli('queue reload all');
    expect(problems().slice(before)).to.deep.equal([]);
    expect(await pbx.cli('queue show'))
      .to.match(/^401 has/m)
      .and.to.match(/^402 has/m);
    writeFileSync(etc('queues_additional.conf'), text);
    writeFileSync(etc('queues_post_custom.conf'), post);
    await pbx.cli('queue reload all');
    expect(problems().slice(before)).to.deep.equal([]);
  });

  it('loads what is typed, asked by a server with the narrow rights of the overlay', async () => {
    await until(async () => (await pbx.cli('dialplan show dialhook-list-black')).includes('998000000142'), {
      what: 'the black list is loaded',
      deadline: 30_000,
      every: 200,
    });
    const version = /^exten => (\w+),1,Return\(1\)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    expect(await listsLoaded(ami, version)).to.equal(true);
    expect(await listsLoaded(ami, '0123456789abcdef')).to.equal(false);
    const answer = await ami.action('Getvar', { Variable: 'AST_CONFIG(asterisk.conf,options,execincludes)' });
    expect(answer.get('Value')).to.equal('yes');
    expect([...(await dynamicMembers(ami))]).to.deep.equal([['400', ['103', '104']]]);
  });

  it('refuses who is on the black list before any inbound route', async () => {
    const call = trunk.call('5551001', { from: { number: BLACK } });
    expect((await call.ended()).kind).to.equal('refusal_received');
    expect(anna.log.events.some((event) => event.kind === 'invite_received')).to.equal(false);
    const other = trunk.call('5551001', { from: { number: VIP } });
    await anna.incoming();
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
    const routed = trunk.call('5551002', { from: { number: '+998000000161' } });
    await cara.incoming();
    await routed.hangup().catch(() => undefined);
  });
});
