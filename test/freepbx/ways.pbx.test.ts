// Toll fraud on FreePBX: the overlay gives nobody a number, a key or a way that FreePBX does not give by itself. Read from the dialplan that is
// loaded; that the options of each Dial() and Queue() are FreePBX's own is what ends.pbx.test.ts and unchanged.pbx.test.ts say.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type Context, parseDialplanShow } from '../../src/freepbx/hooks/dialplan-show.js';
import { overlaid } from './centre.js';

const isOurs = (context: string) => context.startsWith('dialhook');
/** What runs below FreePBX's Dial() and Queue() and at hangups: options and handlers name it, no line of the main dialplan. */
const BESIDE = [
  'dialhook-freepbx-answer',
  'dialhook-freepbx-member',
  'dialhook-offer',
  'dialhook-end',
  'dialhook-freepbx-end',
];
/** A context as a jump names it: with an extension and a priority behind it. */
const JUMP = /(?<![\w"-])dialhook[\w-]*(?=[,^][^,^]+[,^][^,^)]+)/g;
/** A Local channel of ours that calls nobody: it carries a line, or waits for the end of a wrap-up. */
const OF_NOBODY = /^Local\/s@dialhook-(carrier|wrapping)\/n,app,(NoOp|Wait),/;
/** Applications that ring, hand on, listen for keys, or run something. */
const SPENDS =
  /^(Dial|RetryDial|Queue|Transfer|Originate|Bridge|ChanSpy|ExtenSpy|Page|DISA|Read|BackGround|WaitExten|Park|ParkedCall|Pickup|System|TrySystem|Exec|TryExec|FollowMe|ConfBridge|ChannelRedirect|SendDTMF)$/i;

describe(`freepbx: what the overlay gives to whoever calls, on Asterisk ${wantedVersion()}`, function () {
  this.timeout(60_000);
  let pbx: FreepbxPbx;
  let contexts: Map<string, Context>;

  before(async () => {
    pbx = await startFreepbx(overlaid({ agi: `127.0.0.1:${await freePort()}`, systemName: '' }));
    contexts = parseDialplanShow(await pbx.cli('dialplan show'));
  });
  after(() => pbx?.remove());

  const stepsOf = (name: string) => contexts.get(name)?.extensions.flatMap((one) => one.priorities) ?? [];
  const jumps = (name: string) => stepsOf(name).flatMap(({ data }) => data.match(JUMP) ?? []);

  it('no number of a phone or a trunk leads into a context of ours but those that pass it on', () => {
    const taken = [...contexts.values()].filter(({ name }) => !isOurs(name)).flatMap(({ includes }) => includes);
    expect(taken.filter(isOurs)).to.deep.equal([]);
    const behind = contexts.get('dialhook-freepbx-pstn')?.includes;
    expect(behind).to.deep.equal(contexts.get('from-pstn')?.includes.filter((one) => one !== 'from-pstn-custom'));
    expect(stepsOf('dialhook-freepbx-pstn')).to.deep.equal([]);
  });

  it('sets no context that transfers or forwards go on in', async () => {
    const globals = await pbx.cli('dialplan show globals');
    expect(globals.match(/(?<![A-Z_])(TRANSFER|FORWARD)_CONTEXT=\S+/g)).to.deep.equal([
      'TRANSFER_CONTEXT=from-internal-xfer',
    ]);
    const own = [...contexts.keys()].filter((name) => name.startsWith('dialhook-freepbx'));
    const set = own.flatMap(stepsOf).filter(({ data }) => /(TRANSFER|FORWARD)_CONTEXT\)?=/.test(data));
    for (const { data } of set) expect(data).to.equal('LOCAL(TRANSFER_CONTEXT)=kept,LOCAL(FORWARD_CONTEXT)=kept');
    expect(set).to.have.length(2);
  });

  it('nothing that a call runs of ours rings somebody, hands a call on or listens to keys', () => {
    const doors = [...contexts.keys()].filter((name) => !isOurs(name)).flatMap(jumps);
    const reached = new Set([...doors, ...BESIDE]);
    for (const name of reached) for (const next of jumps(name)) reached.add(next);
    for (const name of reached) expect(contexts.has(name), name).to.equal(true);
    expect(reached.size).to.be.greaterThan(20);
    const spends = [...reached].flatMap((name) =>
      stepsOf(name)
        .filter(({ app, data }) => SPENDS.test(app) && !OF_NOBODY.test(data))
        .map(({ app, data }) => `${name}: ${app}(${data})`),
    );
    expect(spends).to.deep.equal([]);
  });
});
