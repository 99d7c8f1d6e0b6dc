// A frozen server holds every call that it took: Asterisk waits for ever for its answer. The watchdog ends it, and the calls go on.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { answerAfter } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { type Systemd, startSystemd } from './systemd.js';

const version = wantedVersion();
const LIMIT_MS = 2000;

describe(`watchdog, Asterisk ${version}`, function () {
  this.timeout(120_000);
  let pbx: SamplePbx;
  let server: Server;
  let systemd: Systemd;

  before(async () => {
    systemd = await startSystemd(LIMIT_MS);
    const agiPort = String(await freePort());
    pbx = await startSamplePbx({ version, agi: `127.0.0.1:${agiPort}` });
    server = await startServer({
      env: { ...systemd.env, DIALHOOK_AGI_PORT: agiPort, DIALHOOK_PBX: pbx.pbx, DIALHOOK_SPOOL_FILE: pbx.spoolPath },
    });
  });
  after(async () => {
    await server?.stop();
    systemd?.stop();
    await pbx?.remove();
  });

  const words = () => systemd.heard.flatMap((h) => h.words);

  it('hears that the server is ready, and that it lives', async () => {
    await until(() => words().includes('READY=1'), { what: 'READY=1' });
    const before = words().filter((w) => w === 'WATCHDOG=1').length;
    await until(() => words().filter((w) => w === 'WATCHDOG=1').length >= before + 4, {
      what: 'four more words that it lives',
    });
  });

  it('frees a call that a frozen server holds where nothing else can', async () => {
    const caller = await pbx.phone('103');
    const called = await pbx.phone('101', { plan: answerAfter(1500) });
    const call = caller.call('101');
    // Frozen between two hooks of the main line: the next one runs in U(), where no time-out is looked at.
    await called.waitFor('ringing_sent');
    server.freeze();
    const frozen = Date.now();
    let killed = 0;
    systemd.watch(() => {
      killed = Date.now();
      void server.kill();
    });
    await call.answered(15_000);
    const held = Date.now() - frozen;
    expect(killed, 'the watchdog ended it').to.be.greaterThan(frozen);
    expect(killed - frozen).to.be.lessThan(LIMIT_MS + 3000);
    // The phone was picked up 1.5 s after the freeze at most; the caller heard it as soon as the server was gone.
    expect(held).to.be.lessThan(LIMIT_MS + 6000);
    // Nothing but the watchdog would ever have freed it.
    expect(Date.now() - killed, 'after the end').to.be.lessThan(5000);
    await call.hangup();
  });
});
