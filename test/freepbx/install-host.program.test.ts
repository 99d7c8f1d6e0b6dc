// The steps outside of files: system user, unit, reloads; in which order, and put back when one fails. The programs are played.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Host } from '../../src/freepbx/install/host.js';
import { install, remove } from '../../src/freepbx/install/index.js';
import { askedOf, copyOf, differences, everything, quiet, removalOf, stillHost } from './install-lab.js';

/** A host whose programs do what is told here: `fails` names the command that does not work. */
function played(root: string, fails = '', more: Partial<Host> = {}): { host: Host; ran: string[] } {
  const ran: string[] = [];
  const passwd = join(root, 'etc/passwd');
  const run: Host['run'] = async (program, args) => {
    const command = [program, ...args].join(' ');
    const users = existsSync(passwd) ? readFileSync(passwd, 'utf8') : '';
    if (command === 'id -u dialhook') return { code: users.includes('dialhook') ? 0 : 1, out: '' };
    if (program === 'asterisk' && args[0] === '-V') return { code: 0, out: 'Asterisk 22.10.1' };
    if (program === 'fwconsole') return { code: 0, out: 'FreePBX 17.0.28' };
    if (args[1] === 'core show uptime') return { code: 0, out: 'System uptime: 1 second' };
    ran.push(command);
    if (fails !== '' && command.startsWith(fails)) return { code: 1, out: 'it does not work' };
    if (program === 'useradd') appendFileSync(passwd, 'dialhook:x:0:0::/:/\n');
    if (program === 'userdel') writeFileSync(passwd, users.replace('dialhook:x:0:0::/:/\n', ''));
    if (command.includes('dialplan show'))
      return { code: 0, out: "[ Context 'dialhook-event' created by 'pbx_config' ]" };
    return { code: 0, out: '' };
  };
  return { ran, host: { ...stillHost, live: true, run, ...more } };
}

const database = { url: 'mysql://somebody@localhost/dialhook', admin: '', name: 'dialhook' };
const copy = async () => {
  const root = await copyOf('17');
  writeFileSync(join(root, 'etc/passwd'), '');
  return root;
};
const asking = (root: string, host: Host) => askedOf(root, { host, database, program: '/usr/bin/dialhook' });

describe('dialhook freepbx install on a host', () => {
  it('makes the user first, starts the server before Asterisk asks it, and reloads no more than is needed', async () => {
    const root = await copy();
    const before = everything(root);
    const { host, ran } = played(root);
    await install(asking(root, host), quiet());
    expect(ran).to.deep.equal([
      'useradd --system --home-dir /var/lib/dialhook --shell /usr/sbin/nologin dialhook',
      'systemctl daemon-reload',
      'systemctl enable --now dialhook',
      'asterisk -rx dialplan reload',
      'asterisk -rx dialplan show dialhook-event',
      'asterisk -rx manager reload',
      'asterisk -rx queue reload parameters',
    ]);
    const unit = readFileSync(join(root, 'etc/systemd/system/dialhook.service'), 'utf8');
    expect(unit).to.contain('ExecStart=/usr/bin/dialhook serve').and.to.contain('WatchdogSec=2');
    expect(readFileSync(join(root, 'etc/systemd/system/dialhook.service.d/pbx.conf'), 'utf8')).to.contain(
      'SupplementaryGroups=',
    );
    ran.length = 0;
    await install(asking(root, host), quiet());
    expect(ran).to.deep.equal([]);

    await remove(removalOf(root, { host }), quiet());
    expect(ran[0]).to.equal('systemctl disable --now dialhook');
    expect(ran.at(-1)).to.equal('userdel dialhook');
    expect(ran.join('\n')).to.contain('dialplan reload').and.to.not.contain('fwconsole');
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  for (const step of [
    'useradd',
    'systemctl daemon-reload',
    'systemctl enable',
    'asterisk -rx dialplan reload',
    'asterisk -rx manager reload',
  ]) {
    it(`puts everything back when "${step}" fails`, async () => {
      const root = await copy();
      const before = everything(root);
      const { host, ran } = played(root, step);
      const failure = await install(asking(root, host), quiet()).catch(String);
      expect(failure).to.contain('does not work');
      expect(differences(before, everything(root))).to.deep.equal([]);
      const done = ran.join('\n');
      // It fails each time it is run: what is asked for here is that it is asked again when the files are back.
      if (step.endsWith('manager reload'))
        expect(ran.filter((one) => one.endsWith('dialplan reload'))).to.have.length(2);
      expect(done.includes('userdel'), done).to.equal(step !== 'useradd');
      // Enabled but not started is half of it.
      expect(done.includes('disable --now'), done).to.equal(step.startsWith('asterisk') || step.endsWith('enable'));
    });
  }

  it('leaves a unit that somebody wrote by hand, and the server it runs', async () => {
    const root = await copy();
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    writeFileSync(join(root, 'etc/systemd/system/dialhook.service'), '[Service]\nExecStart=/opt/mine serve\n');
    const before = everything(root);
    const { host, ran } = played(root);
    await install(asking(root, host), quiet());
    expect(ran.filter((one) => one.startsWith('systemctl'))).to.deep.equal([
      'systemctl is-enabled --quiet dialhook',
      'systemctl daemon-reload',
      'systemctl restart dialhook',
    ]);
    ran.length = 0;
    await install(asking(root, host), quiet());
    expect(ran).to.deep.equal(['systemctl is-enabled --quiet dialhook']);
    ran.length = 0;
    await remove(removalOf(root, { host }), quiet());
    expect(ran.filter((one) => one.startsWith('systemctl'))).to.deep.equal([
      'systemctl daemon-reload',
      'systemctl try-restart dialhook',
    ]);
    expect(differences(before, everything(root))).to.deep.equal([]);
  });

  it('takes the next port where ours is taken, never FreePBX\u2019s own', async () => {
    const root = await copy();
    const { host } = played(root, '', { portFree: async (port) => port > 4575 });
    await install(asking(root, host), quiet());
    expect(readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8')).to.contain('DIALHOOK_AGI_PORT=4576');
    expect(readFileSync(join(root, 'etc/asterisk/dialhook/freepbx/site.conf'), 'utf8')).to.contain(
      'DH_AGI = 127.0.0.1:4576',
    );
  });

  it('brings a newer version in: its files, the tables, a new start, and the settings stay', async () => {
    const root = await copy();
    const { host, ran } = played(root);
    const asked = asking(root, host);
    await install(asked, quiet());
    const record = join(root, 'etc/dialhook/install/installed.json');
    const older = readFileSync(record, 'utf8').replace(/"version": "[^"]*"/, '"version": "0.0.1"');
    writeFileSync(
      record,
      older.replace(
        '"own": [',
        `"own": [ { "path": "${join(root, 'etc/asterisk/dialhook/dialhook-old.conf')}", "sha": "" },`,
      ),
    );
    writeFileSync(join(root, 'etc/asterisk/dialhook/dialhook-old.conf'), '; of 0.0.1\n');
    writeFileSync(join(root, 'etc/asterisk/dialhook/dialhook-hooks.conf'), '; of 0.0.1\n');
    const config = readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8');
    ran.length = 0;
    let migrated = 0;
    const migrate = async () => {
      migrated += 1;
      return [];
    };
    await install({ ...asked, host: { ...host, secret: () => 'another' }, migrate }, quiet());
    expect(migrated).to.equal(1);
    expect(ran).to.deep.equal([
      'systemctl restart dialhook',
      'asterisk -rx dialplan reload',
      'asterisk -rx dialplan show dialhook-event',
    ]);
    expect(existsSync(join(root, 'etc/asterisk/dialhook/dialhook-old.conf'))).to.equal(false);
    expect(readFileSync(join(root, 'etc/asterisk/dialhook/dialhook-hooks.conf'), 'utf8')).to.contain('[dialhook]');
    expect(readFileSync(join(root, 'etc/dialhook/dialhook.conf'), 'utf8')).to.equal(config);
  });
});
