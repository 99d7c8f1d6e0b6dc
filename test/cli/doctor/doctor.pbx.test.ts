// The doctor on a real Asterisk with the sample PBX: what the fakes play must be what Asterisk says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type SamplePbx, startSamplePbx } from '../../../scripts/lab/sample-pbx.js';
import { fastagi } from '../../../src/agi/index.js';
import type { Result } from '../../../src/cli/doctor/check.js';
import { connectManager } from '../../../src/cli/doctor/manager-probe.js';
import { examine } from '../../../src/cli/doctor/run.js';
import { readConfig } from '../../../src/config/load.js';
import type { Config } from '../../../src/config/options.js';
import { createLog } from '../../../src/log/log.js';
import { probes } from '../fakes.js';

describe('doctor on Asterisk', function () {
  this.timeout(120_000);
  const app = fastagi();
  app.agi('/ping', (channel) => channel.setVariable('DH_ACK', 1));
  const log = createLog({ level: 'silent', pretty: false });
  let pbx: SamplePbx;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'dialhook-doctor-'));
    await new Promise<void>((resolve) => {
      app.listen(0, resolve);
    });
    pbx = await startSamplePbx({ agi: `127.0.0.1:${app.address()?.port}` });
  });
  after(async () => {
    await pbx?.remove();
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const configOf = (more: NodeJS.ProcessEnv = {}): Config =>
    readConfig({
      env: {
        DIALHOOK_PBX: pbx.pbx,
        DIALHOOK_DATA_DIR: folder,
        DIALHOOK_AGI_PORT: String(app.address()?.port),
        DIALHOOK_AMI_HOST: '127.0.0.1',
        DIALHOOK_AMI_PORT: String(pbx.amiPort),
        DIALHOOK_AMI_USER: pbx.amiUser,
        DIALHOOK_AMI_SECRET: pbx.amiSecret,
        DIALHOOK_SPOOL_FILE: pbx.spoolPath,
        ...more,
      },
      defaultFile: '/none',
    }).config;
  const look = async (config: Config) => {
    const database = { ...probes().database, clock: async () => null };
    const seen = probes({ now: Date.now, database, manager: () => connectManager(config, log) });
    const results = await examine(config, seen, () => {});
    return (name: string): Result | undefined => results.find((one) => one.name === name);
  };

  it('finds a sample PBX well', async () => {
    const found = await look(configOf());
    for (const name of [
      'hooks',
      'manager',
      'manager-rights',
      'pbx-version',
      'dialplan',
      'globals',
      'manager-events',
      'live-dangerously',
      'clocks',
    ])
      expect(found(name)?.state, `${name}: ${found(name)?.says}`).to.equal('ok');
    expect(found('test-call')?.state, found('test-call')?.says).to.equal('ok');
    expect(found('pbx-version')?.says).to.contain(`Asterisk ${pbx.version}`);
    // The one trace that the doctor leaves: Asterisk says so when it refuses what live_dangerously would allow.
    expect(pbx.problems().filter((line) => !line.includes('Dangerous function STAT read blocked'))).to.deep.equal([]);
  });

  it('says that the secret is wrong', async () => {
    const found = await look(configOf({ DIALHOOK_AMI_SECRET: 'wrong' }));
    expect(found('manager')).to.include({ state: 'fail' });
    expect(found('manager')?.mend).to.contain('manager.conf');
    expect(found('dialplan')?.state).to.equal('skip');
  });

  it('says that the dialplan asks another server', async () => {
    const found = await look(configOf({ DIALHOOK_AGI_PORT: '4', DIALHOOK_PBX: 'other' }));
    expect(found('globals')).to.include({ state: 'fail' });
    expect(found('globals')?.says).to.contain('this server listens on port 4');
  });

  it('hears that the call of a channel is not told, and that nothing is told', async () => {
    // A reload without the setting would leave it as it was.
    await pbx.configure('manager.conf', MANAGER_WITH_ALL.replace('[dialhook]', 'channelvars = OTHER\n[dialhook]'));
    await pbx.cli('manager reload');
    expect((await look(configOf()))('manager-events')?.mend).to.contain('channelvars = DH_CALL');
    await pbx.configure('manager.conf', MANAGER_WITH_ALL.replace('read = all', 'read = agent'));
    await pbx.cli('manager reload');
    expect((await look(configOf()))('manager-events')?.mend).to.contain('read = call,agent');
  });

  it('sees rights that are too many, and a dialplan that is gone', async () => {
    await pbx.configure('manager.conf', MANAGER_WITH_ALL);
    await pbx.configure('extensions.conf', '[nothing]\nexten => s,1,NoOp()\n');
    await pbx.cli('manager reload');
    await pbx.cli('dialplan reload');
    const found = await look(configOf());
    expect(found('manager-rights')).to.include({ state: 'warn' });
    expect(found('manager-rights')?.says).to.contain('command, system, config');
    expect(found('dialplan')).to.include({ state: 'fail' });
    expect(found('globals')?.state).to.equal('skip');
  });

  it('sees live_dangerously', async () => {
    const options = readFileSync(path.join(pbx.folder, 'etc/asterisk.conf'), 'utf8');
    await pbx.configure('asterisk.conf', options.replace('[options]', '[options]\nlive_dangerously = yes'));
    await pbx.stop();
    await pbx.start();
    expect((await look(configOf()))('live-dangerously')).to.include({ state: 'warn' });
  });
});

const MANAGER_WITH_ALL = `[general]
enabled = yes
bindaddr = 127.0.0.1
port = @AMI_PORT@
[dialhook]
secret = @AMI_SECRET@
read = all
write = all
`;
