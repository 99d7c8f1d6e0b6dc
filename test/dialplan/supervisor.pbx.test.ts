// Who may listen to a talk, on a real Asterisk: nobody, until a supervisor is named in full.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Phone, ringOnly } from '../../scripts/lab/phone.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until } from '../../scripts/lab/wait.js';

describe('supervisors', function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let operator: Phone;
  let listener: Phone;
  let trunk: Phone;

  /** `spy` or `unrouted` with its words, for each code that was dialled. */
  const told = () => {
    const lines = existsSync(pbx.spoolPath) ? readFileSync(pbx.spoolPath, 'utf8').trim().split('\n') : [];
    const events = lines.map((line) => new URLSearchParams(line));
    const wanted = events.filter((e) => e.get('event') === 'spy' || e.get('event') === 'unrouted');
    return wanted.map((e) => e.get('reason') || `${e.get('target')} ${e.get('mode')}`);
  };
  async function listens(digits: string): Promise<string | undefined> {
    const before = told().length;
    const call = listener.call(digits);
    await until(() => told().length > before, { what: `${digits} is told` });
    await call.hangup();
    await until(() => listener.calls().length === 0, { what: 'the handset is down' });
    return told().at(-1);
  }

  before(async () => {
    pbx = await startSamplePbx();
    await pbx.cli('dialplan set global DH_SKIP 9999999999');
    operator = await pbx.phone('101', { rtp: true });
    listener = await pbx.phone('104', { rtp: true });
    trunk = await pbx.trunk({ rtp: true });
    await trunk.call('5551101', { from: { number: '+998000000101' } }).answered();
  });
  after(async () => {
    await pbx?.remove();
  });

  it('are nobody as the dialplan comes', async () => {
    for (const code of ['*71101', '*72101', '*73101']) expect(await listens(code)).to.equal('not_a_supervisor');
  });

  it('are those who are named, by their whole name', async () => {
    for (const others of ['1041', '10', '103&1041']) {
      await pbx.cli(`dialplan set global DH_SUPERVISORS ${others}`);
      expect(await listens('*71101'), others).to.equal('not_a_supervisor');
    }
    await pbx.cli('dialplan set global DH_SUPERVISORS 103&104');
    expect(await listens('*71101')).to.equal('101 listen');
    expect(await listens('*72101')).to.equal('101 whisper');
    expect(await listens('*73101')).to.equal('101 barge');
  });

  it('hear nobody who does not talk, nor themselves, nor a phone that only rings', async () => {
    await pbx.cli('dialplan set global DH_SUPERVISORS 104');
    for (const code of ['*71104', '*71102', '*7110']) expect(await listens(code), code).to.equal('no_talk');
    const ringing = await pbx.phone('102', { plan: ringOnly });
    const call = operator.call('102');
    await ringing.incoming();
    expect(await listens('*71102')).to.equal('no_talk');
    await call.hangup();
  });
});
