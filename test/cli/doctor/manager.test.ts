import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { clocks } from '../../../src/cli/doctor/clocks.js';
import { CLICK_CONTEXTS, dialplan, HOOK_CONTEXTS } from '../../../src/cli/doctor/dialplan.js';
import { events } from '../../../src/cli/doctor/events.js';
import { globals } from '../../../src/cli/doctor/globals.js';
import { liveDangerously } from '../../../src/cli/doctor/live-dangerously.js';
import { manager } from '../../../src/cli/doctor/manager.js';
import { pbxVersion } from '../../../src/cli/doctor/pbx-version.js';
import { rights } from '../../../src/cli/doctor/rights.js';
import { TEST_CONTEXT, testCall } from '../../../src/cli/doctor/test-call.js';
import { probes } from '../fakes.js';
import { look, MANAGER } from './eye.js';

const refuse = (reason: string) => {
  throw Object.assign(new Error(`AMI refused: ${reason}`), { reason });
};
const contexts =
  (...known: string[]) =>
  ({ Context = '' }: Record<string, string>) =>
    known.includes(Context) ? {} : refuse(`Did not find context ${Context}`);
const ALL = [...HOOK_CONTEXTS, ...CLICK_CONTEXTS];

describe('doctor: the PBX', () => {
  it('manager: not configured, let in, or not', async () => {
    expect((await look(manager)).state).to.equal('skip');
    expect((await look(manager, { env: { ...MANAGER, DIALHOOK_AMI_PORT: '0' } })).state).to.equal('skip');
    expect((await look(manager, { env: MANAGER })).says).to.equal(
      'logged in to the manager interface as dialhook@192.0.2.1:5038',
    );
    const refused = await look(manager, {
      env: MANAGER,
      probes: { manager: () => Promise.reject(new Error('Authentication failed')) },
    });
    expect(refused).to.include({ state: 'fail' });
    expect(refused.says).to.contain('Authentication failed').and.not.contain('hush');
  });

  it('rights: enough, too few, too many', async () => {
    const with_ = (...actions: string[]) =>
      look(rights, { manager: { ListCommands: () => Object.fromEntries(actions.map((name) => [name, '…'])) } });
    expect((await with_('Originate', 'CoreShowChannels')).state).to.equal('ok');
    expect(await with_('CoreShowChannels')).to.include({
      state: 'fail',
      says: 'the user of manager.conf lacks originate',
    });
    const much = await with_('Originate', 'CoreShowChannels', 'Command', 'ModuleLoad');
    expect(much).to.include({ state: 'warn' });
    expect(much.says).to.contain('command, system');
  });

  it('version: 16 to 22, or another', async () => {
    const of = (AsteriskVersion: string) =>
      look(pbxVersion, { manager: { CoreSettings: () => ({ AsteriskVersion }) } });
    for (const version of ['16.28.0~dfsg-0+deb11u4', '22.10.1', 'certified/18.9-cert5'])
      expect((await of(version)).state, version).to.equal('ok');
    for (const version of ['13.38.3', '23.0.0', '']) expect((await of(version)).state, version).to.equal('warn');
  });

  it('dialplan: all of it, without the clicks, or none', async () => {
    const of = (...known: string[]) => look(dialplan, { manager: { ShowDialPlan: contexts(...known) } });
    expect((await of(...ALL)).state).to.equal('ok');
    expect((await of(...HOOK_CONTEXTS)).says)
      .to.contain('dialhook-actions')
      .and.to.contain('clicks or feature codes do not work');
    expect(await of()).to.include({ state: 'fail' });
  });

  it('dialplan: looks for contexts that there are', () => {
    const folder = new URL('../../../dialplan/', import.meta.url);
    const text = readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    for (const context of ALL) expect(text).to.contain(`[${context}]`);
  });

  it('globals: fit the configuration, differ from it, or are not there', async () => {
    const of = (values: Record<string, string>, env: NodeJS.ProcessEnv = {}) =>
      look(globals, { env, manager: { Getvar: ({ Variable = '' }) => ({ Value: values[Variable] ?? '' }) } });
    const right = { DH_AGI: '127.0.0.1:4574', DH_PBX: 'pbx1', DH_SPOOL: '/var/spool/events' };
    expect((await of(right)).says).to.equal(
      'the dialplan asks 127.0.0.1:4574, is called pbx1 and spools into /var/spool/events',
    );
    expect((await of({ ...right, DH_SPOOL: '' })).says).to.equal('the global DH_SPOOL of the dialplan is empty');
    expect((await of({ ...right, DH_AGI: '127.0.0.1:9' })).says).to.equal(
      'the dialplan asks 127.0.0.1:9 (DH_AGI), this server listens on port 4574',
    );
    expect(await of({ ...right, DH_PBX: 'pbx2' })).to.include({ state: 'warn' });
    expect(await of(right, { DIALHOOK_SPOOL_FILE: '/other' })).to.include({ state: 'warn' });
    expect(await of(right, { DIALHOOK_SPOOL_FILE: '/other,/var/spool/events' })).to.include({ state: 'ok' });
  });

  it('live_dangerously: on or off', async () => {
    const of = (Value: string) => look(liveDangerously, { manager: { Getvar: () => ({ Value }) } });
    expect((await of('')).state).to.equal('ok');
    expect((await of('1')).mend).to.contain('live_dangerously = no');
    expect(
      (await look(liveDangerously, { manager: { Getvar: () => refuse('GetVar Access Forbidden') } })).state,
    ).to.equal('ok');
  });

  it('test call: no extension for it, confirmed, or not', async () => {
    const of = (Originate: () => Record<string, string>, ...known: string[]) =>
      look(testCall, { manager: { ShowDialPlan: contexts(...known), Originate } });
    expect((await of(() => refuse('must not be'))).state).to.equal('skip');
    expect((await of(() => ({}), TEST_CONTEXT)).says).to.match(
      /^a test call went through the dialplan to the server and back in \d+ ms$/,
    );
    expect((await of(() => refuse('Originate failed'), TEST_CONTEXT)).state).to.equal('fail');
  });

  it('events: heard with time and call, without one of them, or not at all', async () => {
    const Channel = ['Local/s@dialhook-sink-00000007;1'];
    const other = { Channel: ['PJSIP/101-00000001'] };
    const of = (...heard: Record<string, string[]>[]) => look(events, { events: heard });
    const whole = { Channel, ChanVariable: ['CDR_X=1', 'DH_CALL'], Timestamp: ['1768464000.123456'] };
    expect(await of(other, whole)).to.include({ state: 'ok' });
    expect((await of({ ...whole, ChanVariable: ['CDR_X=1'] })).mend).to.contain('channelvars = DH_CALL');
    expect((await of({ ...whole, Timestamp: [] })).mend).to.contain('timestampevents = yes');
    const silent = await of(other);
    expect(silent).to.include({ state: 'warn' });
    expect(silent.mend).to.contain('read = call,agent');
  });

  describe('clocks', () => {
    const now = Date.UTC(2026, 0, 12, 9);
    const database = (ms: number | null) => ({
      database: { ...probes().database, clock: async () => (ms === null ? null : now + ms) },
    });
    const ping = (ms: number) => ({ Ping: () => ({ Timestamp: ((now + ms) / 1000).toFixed(6) }) });

    it('agree, or not', async () => {
      expect((await look(clocks, { probes: database(200) })).says).to.equal('the database is 200 ms ahead');
      const apart = await look(clocks, { env: MANAGER, probes: database(0), manager: ping(-4000) });
      expect(apart).to.include({ state: 'warn', says: 'the database is 0 ms ahead, the PBX is 4000 ms behind' });
      expect(apart.mend).to.contain('chrony');
    });

    it('are skipped when there is no other', async () => {
      expect((await look(clocks, { probes: database(null) })).state).to.equal('skip');
      const silent = { ...database(null), manager: () => Promise.reject(new Error('down')) };
      expect((await look(clocks, { env: MANAGER, probes: silent })).state).to.equal('skip');
    });
  });
});
