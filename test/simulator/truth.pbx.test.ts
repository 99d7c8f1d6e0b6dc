// The same tables as truth.test.ts, on a real Asterisk with real phones: what the simulator imitates must be true.
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { type SamplePbx, startSamplePbx } from '../../scripts/lab/sample-pbx.js';
import { environment } from '../../src/simulator/agi-environment.js';
import { type FakeAgi, fakeAgi } from './fake-agi.js';
import { shape } from './stage.js';
import { type Real, TRUTHS, tableOf } from './truths/index.js';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The simulator plays 22. On 16 a caller who hangs up without a talk has the cause of any hangup. */
const onVersion = (version: string, line: string) =>
  version === '16' ? line.replace('side=caller endpoint=trunk cause=0', 'side=caller endpoint=trunk cause=16') : line;

/**
 * Who hung up is known to the other side only if its handler runs late enough. In a call that was handed on or parked that is
 * by chance: a real `end` without it is as right.
 */
function asReal(wanted: string[], real: readonly string[]): string[] {
  if (!wanted.some((line) => /^(transfer|park) | attended=/.test(line))) return wanted;
  return wanted.map((line, i) => {
    // A phone that gave its caller away may say goodbye before Asterisk does.
    const bye = /^end (ch\d+) .* attended=/.exec(line)?.[1];
    if (bye !== undefined && !/ by=/.test(line) && real[i] === line.replace(' attended=', ` by=${bye} attended=`))
      return real[i];
    const [, own, by] = /^end (ch\d+) .* by=(ch\d+)/.exec(line) ?? [];
    const silent = by !== undefined && by !== own && !/ by=/.test(real[i] ?? '');
    return silent ? line.replace(` by=${by}`, '') : line;
  });
}

describe('what the simulator imitates, on Asterisk', function () {
  this.timeout(120_000);
  const version = wantedVersion();
  let server: FakeAgi;
  let pbx: SamplePbx;
  let real: Real;

  before(async () => {
    server = await fakeAgi((session) => {
      const lookup = session.env('agi_network_script') === 'lookup';
      void session.ask(lookup ? 'SET VARIABLE DH_FOUND 0' : 'SET VARIABLE DH_ACK 1').then(() => session.socket.end());
    });
    pbx = await startSamplePbx({ version, agi: `127.0.0.1:${server.port}` });
    const [one, two, five] = [await pbx.phone('101'), await pbx.phone('102'), await pbx.phone('105')];
    real = { pbx, one, two, five, trunk: await pbx.trunk(), sleep, told: events };
    for (const phone of [one, two, five]) {
      const login = phone.call('*45');
      await waitFor(() =>
        events().some((line) => line.includes('event=login') && line.includes(`operator=${phone.user}`)),
      );
      await login.hangup().catch(() => {});
    }
  });
  after(async () => {
    await pbx?.remove();
    await server?.close();
  });

  const events = () =>
    server.sessions
      .filter((session) => session.env('agi_network_script') === 'event')
      .map((session) => session.env('agi_arg_1'));
  const waitFor = async (test: () => boolean, ms = 15_000) => {
    for (const end = Date.now() + ms; !test() && Date.now() < end; ) await sleep(20);
    return test();
  };

  for (const truth of TRUTHS)
    it(truth.name, async () => {
      const before = events().length;
      await truth.real(real);
      const wanted = tableOf(truth).map((line) => onVersion(version, line));
      await waitFor(() => events().length >= before + wanted.length, 15_000);
      // A moment more: nothing must follow.
      await sleep(100);
      const told = shape(events().slice(before));
      expect(told).to.deep.equal(asReal(wanted, told));
    });

  it('an environment of the same lines in the same order', () => {
    const channel = { name: 'PJSIP/101-00000000', uniqueid: '1.0', number: '', callerName: '', dnid: '' };
    const place = { context: 'dialhook-send', extension: 'line', priority: 1 };
    const ours = environment({ path: 'event', args: ['x'], host: '127.0.0.1', port: 1, channel, ...place }, 1)
      .join('')
      .trim()
      .split('\n');
    const names = (lines: string[]) => lines.map((line) => line.split(':', 1)[0]);
    expect(names(server.sessions.at(-1)?.lines ?? [])).to.deep.equal(names(ours));
  });

  it('was told with nothing lost: every line was confirmed', () => {
    expect(pbx.problems().filter((line) => /AGI|FILE/.test(line))).to.deep.equal([]);
  });
});
