import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'chai';
import { type Asterisk, startAsterisk } from '../../scripts/lab/asterisk.js';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { minimalPbx } from '../../scripts/lab/minimal-pbx.js';
import { OPERATORS, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { until, within } from '../../scripts/lab/wait.js';

const greeting = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject).once('data', (data: Buffer) => {
      socket.destroy();
      resolve(data.toString());
    });
  });

describe('lab: Asterisk', () => {
  let asterisk: Asterisk;

  before(async function () {
    this.timeout(120_000);
    asterisk = await startAsterisk({ conf: minimalPbx(['101'], 5999) });
  });
  after(() => asterisk?.remove());

  it('is the version that was asked for, and starts without a complaint', async () => {
    expect(await asterisk.cli('core show version')).to.match(new RegExp(`^Asterisk ${wantedVersion()}\\.`));
    expect(asterisk.version).to.equal(wantedVersion());
    expect(asterisk.problems()).to.deep.equal([]);
  });

  it('listens on the loopback only', async () => {
    expect(await greeting(asterisk.amiPort)).to.match(/^Asterisk Call Manager/);
    expect(await asterisk.cli('pjsip show transports')).to.include(`127.0.0.1:${asterisk.sipPort}`);
  });

  it('has its own name, and fills in what the template asks for', async () => {
    expect(await asterisk.cli('core show settings')).to.match(/System name:\s+pbx1\s/);
    await asterisk.configure('extensions.conf', '[a]\nexten => s,1,Verbose(1,@PBX@ spools to @SPOOL@)\n');
    await asterisk.cli('dialplan reload');
    expect(await asterisk.cli('dialplan show s@a')).to.include(`pbx1 spools to ${asterisk.spoolPath}`);
  });

  it('names a placeholder that has no value, and where it stands', async () => {
    const error = await startAsterisk({ conf: { 'extensions.conf': '[a]\nexten => s,1,NoOp(@MISSING@)' } }).catch(
      (e: Error) => e.message,
    );
    expect(error).to.match(/^extensions\.conf:2: @MISSING@ has no value; known are AGI, /);
  });

  it('shows the end of its log when it does not start', async () => {
    const error = await startAsterisk({ conf: { 'modules.conf': '[modules]\nrequire = no_such_module.so\n' } }).catch(
      (e: Error) => e.message,
    );
    expect(error).to.match(/asterisk .* ended with .*wrote:.*no_such_module/s);
  });

  it('is frozen, and goes on', async () => {
    asterisk.freeze();
    const hello = greeting(asterisk.amiPort);
    const early = await within(hello, 300, 'a greeting').catch((e: Error) => e.message);
    expect(early).to.equal('waited 300 ms for a greeting');
    asterisk.thaw();
    expect(await within(hello, 15_000, 'a greeting after the thaw')).to.match(/^Asterisk/);
  });

  it('is killed, and comes back on the same ports with what it knew', async function () {
    this.timeout(120_000);
    await asterisk.cli('database put lab word kept');
    await until(async () => /kept/.test(await asterisk.cli('database get lab word')), { what: 'the value' });
    // Asterisk writes its own database once a second.
    await asterisk.stop();
    await asterisk.start();
    await asterisk.kill();
    expect(asterisk.running()).to.equal(false);
    await asterisk.start();
    expect(await asterisk.cli('database get lab word')).to.include('kept');
    expect(await greeting(asterisk.amiPort)).to.match(/^Asterisk/);
  });

  it('leaves nothing behind', async function () {
    this.timeout(120_000);
    const other = await startAsterisk({ conf: minimalPbx(['101'], 5999) });
    await other.remove();
    expect([existsSync(other.folder), existsSync(`/proc/${other.pid()}`)]).to.deep.equal([false, false]);
  });

  it('runs the sample PBX without a complaint', async function () {
    this.timeout(120_000);
    const pbx = await startSamplePbx();
    try {
      const phone = await pbx.phone('101');
      expect(phone.log.events[0]?.kind).to.equal('registered');
      expect(pbx.problems()).to.deep.equal([]);
      expect((await pbx.cli('pjsip show endpoints')).match(/Endpoint: {2}10\d/g)).to.have.length(OPERATORS.length);
    } finally {
      await pbx.remove();
    }
  });
});
