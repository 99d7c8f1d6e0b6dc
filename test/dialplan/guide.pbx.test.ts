// The example at the head of docs/dialplan.md, as it stands there, on a real Asterisk.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter, type Phone } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { FOLDER } from './read.js';

const guide = readFileSync(`${FOLDER}/../docs/dialplan.md`, 'utf8');
const blocks = [...guide.matchAll(/^```\n([\s\S]*?)^```$/gm)].map((m) => m[1] ?? '');
const blockWith = (text: string) => blocks.find((block) => block.includes(text)) ?? '';
const version = wantedVersion();

describe(`the example of docs/dialplan.md, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let [a, b, trunk] = [] as unknown as [Phone, Phone, Phone];

  before(async () => {
    const own = 'DH_PBX = pbx1\nDH_AGI = @AGI@\nDH_SPOOL = @SPOOL@';
    const dialplan = blockWith('[from-trunk]').replace('DH_PBX = pbx1', own);
    const ping = blockWith('exten => 99,1');
    pbx = await startSamplePbx({
      version,
      conf: {
        'extensions.conf': `${dialplan}\n[operators]\n${ping}`,
        'queues.conf': `[general]\n${blockWith('[sales]')}timeout = 5\n`,
      },
    });
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    [a, b] = [await pbx.phone('101'), await pbx.phone('102')];
    trunk = await pbx.trunk();
  });
  after(() => pbx?.remove());
  beforeEach(() => {
    for (const phone of [a, b, trunk]) phone.reset(answerAfter(50));
  });

  /** Kinds of the lines since `from`, once the last channel has ended. */
  async function told(from: number): Promise<string[]> {
    await until(async () => /^0 active channels/m.test(await pbx.cli('core show channels')), { what: 'all is quiet' });
    return kinds().slice(from);
  }
  /** Who hangs up while the PBX still answers makes it complain of that, and this is not what is asked here. */
  const joined = () =>
    until(async () => / 2 +basic/i.test(await pbx.cli('bridge show all')), { what: 'the two are joined' });
  const kinds = (): string[] => {
    const text = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8') : '';
    return text.split('\n').flatMap((line) => new URLSearchParams(line).get('event') ?? []);
  };

  it('logs in, takes a call of the queue, calls a colleague and the outside, and refuses what it does not know', async () => {
    await a.call('*45').ended();
    expect(await told(0)).to.deep.equal(['login']);
    let from = kinds().length;
    const client = trunk.call('5551000', { from: { number: '+998000000101' } });
    const talk = await a.incoming();
    await Promise.all([talk.answered(), client.answered()]);
    await joined();
    await client.hangup();
    expect((await told(from)).slice(0, 5)).to.deep.equal(['call', 'enter', 'position', 'offer', 'answer']);

    for (const number of ['102', '+998000000142']) {
      from = kinds().length;
      const call = a.call(number);
      await call.answered();
      await joined();
      await call.hangup();
      expect(await told(from), number).to.deep.equal(['call', 'dial', 'ring', 'answer', 'end', 'end']);
    }
    from = kinds().length;
    await trunk.call('5559999').ended();
    expect(await told(from)).to.deep.equal(['call', 'unrouted', 'end']);
  });

  it('knows whether the server is there, and warns of nothing else', async () => {
    await a.call('99').ended();
    // A thread of its own writes the log, a moment later.
    await until(() => pbx.log().includes('the server is away'), { what: 'the log' });
    const others = pbx.problems().filter((line) => !/Connecting to|FastAGI failed|Couldn't connect/.test(line));
    expect(others).to.deep.equal([]);
  });
});
