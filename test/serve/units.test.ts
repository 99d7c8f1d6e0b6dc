// The systemd units: what systemd itself says of them, and that they call what exists.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { loadConfig } from '../../src/config/load.js';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));
const SERVICES = ['dialhook.service', 'dialhook-backup.service'];
const UNITS = [...SERVICES, 'dialhook-backup.timer'];
/** systemd's own scale: 0 nothing may be done, 100 everything; below 20 is "OK". */
const EXPOSED_AT_MOST = '18';

const read = (name: string) => readFileSync(join(SCRIPTS, name), 'utf8');
const settingOf = (name: string, key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(read(name))?.[1] ?? '';

describe('the systemd units', () => {
  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const present = analyze('--version').status === 0;

  for (const name of SERVICES) {
    it(`${name}: calls a command that there is, as a user of its own`, () => {
      const [program = '', command = ''] = settingOf(name, 'ExecStart').split(' ');
      expect(program).to.equal('/usr/local/bin/dialhook');
      expect(COMMANDS.map((one) => one.name)).to.include(command);
      expect([settingOf(name, 'User'), settingOf(name, 'Group')]).to.deep.equal(['dialhook', 'dialhook']);
      expect(settingOf(name, 'UMask')).to.equal('0077');
      // Each Environment= is an option of ours.
      const env = [...read(name).matchAll(/^Environment=([^=]+)=(.*)$/gm)].map(([, key = '', value = '']) => [
        key,
        value,
      ]);
      expect(() => loadConfig(Object.fromEntries(env))).not.to.throw();
    });
  }

  it('are kept alive, stopped in peace, and backed up within what the journal keeps', () => {
    expect([settingOf('dialhook.service', 'Type'), settingOf('dialhook.service', 'WatchdogSec')]).to.deep.equal([
      'notify',
      '2',
    ]);
    expect(settingOf('dialhook.service', 'Restart')).to.equal('always');
    expect(Number(settingOf('dialhook.service', 'TimeoutStopSec'))).to.be.at.least(15);
    expect(settingOf('dialhook-backup.timer', 'OnCalendar')).to.match(/^\*-\*-\* /);
    expect(loadConfig({}).journalKeepHours).to.be.at.least(48);
  });

  it('are right in the eyes of systemd, and leave little to be done with them', function () {
    if (!present) return this.skip();
    const folder = temporaryFolder('units');
    try {
      for (const name of UNITS)
        writeFileSync(join(folder, name), read(name).replaceAll('/usr/local/bin/dialhook', process.execPath));
      const verified = analyze('verify', '--man=no', ...UNITS.map((name) => join(folder, name)));
      expect(verified.stderr + verified.stdout).to.equal('');
      expect(verified.status).to.equal(0);
      for (const name of SERVICES) {
        const { status, stdout } = analyze(
          'security',
          '--offline=true',
          `--threshold=${EXPOSED_AT_MOST}`,
          join(folder, name),
        );
        expect(status, stdout).to.equal(0);
      }
    } finally {
      removeFolder(folder);
    }
  });
});
