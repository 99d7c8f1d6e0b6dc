import { expect } from 'chai';
import { type Check, fail, ok, type Result, skip, warn } from '../../../src/cli/doctor/check.js';
import { CHECKS } from '../../../src/cli/doctor/index.js';
import { examine } from '../../../src/cli/doctor/run.js';
import { readConfig } from '../../../src/config/load.js';
import { doors, probes, run, terminal } from '../fakes.js';

const { config } = readConfig({ env: {}, defaultFile: '/none' });
const check = (name: string, look: Check['look'], needs: string[] = []): Check => ({ name, needs, look });
const states = (results: Result[]) => Object.fromEntries(results.map((one) => [one.name, one.state]));

describe('doctor', () => {
  it('makes the checks in order and tells each as it comes', async () => {
    const told: string[] = [];
    const results = await examine(config, probes(), (one) => told.push(one.name), [
      check('a', () => ok('fine')),
      check('b', () => warn('so so', 'mend it')),
    ]);
    expect(told).to.deep.equal(['a', 'b']);
    expect(results).to.deep.equal([
      { name: 'a', state: 'ok', says: 'fine', mend: '' },
      { name: 'b', state: 'warn', says: 'so so', mend: 'mend it' },
    ]);
  });

  it('skips what rests on something that failed or was skipped, and says so', async () => {
    const results = await examine(config, probes(), () => {}, [
      check('a', () => fail('broken', 'mend')),
      check('b', () => expect.fail('must not look'), ['a']),
      check('c', () => skip('not configured')),
      check('d', () => expect.fail('must not look'), ['c']),
      check('e', () => warn('x', 'y')),
      check('f', () => ok('fine'), ['e']),
    ]);
    expect(states(results)).to.deep.equal({ a: 'fail', b: 'skip', c: 'skip', d: 'skip', e: 'warn', f: 'ok' });
    expect(results[1]?.says).to.equal('not looked at, because of "a"');
  });

  it('takes a check that throws, and one that hangs, as findings', async () => {
    const results = await examine(
      config,
      probes(),
      () => {},
      [
        check('throws', () => Promise.reject(new Error('boom'))),
        check('hangs', () => new Promise(() => {})),
        check('after', () => ok('fine')),
      ],
      30,
    );
    expect(states(results)).to.deep.equal({ throws: 'fail', hangs: 'fail', after: 'ok' });
    expect(results[0]?.says).to.contain('boom');
    expect(results[1]?.says).to.equal('no answer within 0.03 s');
  });

  it('connects to the manager interface once, and closes what it opened', async () => {
    let [connects, closes] = [0, 0];
    const counting = probes({
      manager: async () => {
        connects += 1;
        const action = async () => ({ get: () => undefined });
        return { action, listen: () => () => {}, close: async () => void closes++ };
      },
    });
    const twice = check('x', async (eye) => {
      await eye.manager();
      return ok('fine');
    });
    await examine(config, counting, () => {}, [twice, twice]);
    expect([connects, closes]).to.deep.equal([1, 1]);
  });

  it('has checks of different names that only rest on earlier ones', () => {
    const before: string[] = [];
    for (const { name, needs } of CHECKS) {
      expect(before)
        .to.include.members([...needs])
        .and.not.include(name);
      before.push(name);
    }
  });
});

describe('cli: doctor', () => {
  const BARE = {
    DIALHOOK_ROLES: 'web',
    DIALHOOK_WEB_PORT: '0',
    DIALHOOK_DATABASE_URL: 'mysql://user:hush@192.0.2.1/dialhook',
    DIALHOOK_DATA_DIR: '/tmp',
  };

  it('tells each finding, what is to do, and a sum', async () => {
    const { code, out } = await run('doctor', doors(), terminal({ env: BARE }));
    expect(code).to.equal(0);
    expect(out)
      .to.contain('ok    configuration: every name and value is allowed\n')
      .and.to.contain('ok    database: MariaDB 10.11.6 answers at mysql://user:(hidden)@192.0.2.1/dialhook');
    expect(out).to.contain('skip  manager: no manager interface is configured').and.not.contain('hush');
  });

  it('ends with 1 when something is wrong, and says how to mend it', async () => {
    const broken = probes({ node: '18.0.0' });
    const { code, out } = await run('doctor', doors({ probes: () => broken }), terminal({ env: BARE }));
    expect(code).to.equal(1);
    expect(out)
      .to.contain('FAIL  node: node 18.0.0 is too old\n      Install node 20.19 or newer.\n')
      .and.to.contain('1 wrong');
  });

  it('speaks JSON', async () => {
    const { out } = await run('doctor --json', doors(), terminal({ env: BARE }));
    const report = JSON.parse(out) as { ok: boolean; results: Result[] };
    expect(report.ok).to.equal(true);
    expect(report.results.map((one) => one.name)).to.deep.equal(['configuration', ...CHECKS.map((one) => one.name)]);
    expect(report.results[0]).to.have.all.keys('name', 'state', 'says', 'mend');
  });

  it('looks at a wrong configuration too, and skips the rest', async () => {
    const deps = doors({ probes: () => expect.fail('nothing to look through') });
    const { code, out } = await run('doctor', deps, terminal({ env: { DIALHOOK_AGI_PORT: 'x' } }));
    expect(code).to.equal(1);
    expect(out)
      .to.contain('FAIL  configuration: DIALHOOK_AGI_PORT is "x"')
      .and.to.contain('skip  database: not looked at, because of "configuration"');
  });
});
