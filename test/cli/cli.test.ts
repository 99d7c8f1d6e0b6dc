import { expect } from 'chai';
import { USAGE } from '../../src/cli/cli.js';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { doors, run, terminal } from './fakes.js';

describe('cli', () => {
  it('shows its help, and that of every command, and ends well', async () => {
    expect(await run('--help')).to.include({ code: 0, out: USAGE, err: '' });
    for (const { name, usage } of COMMANDS) {
      expect(await run(`${name} --help`)).to.include({ code: 0, out: usage });
      expect((await run(`help ${name}`)).out, `help ${name}`).to.equal(usage);
    }
    expect((await run('user add --help')).out).to.contain('dialhook user add --login');
  });

  it('shows its version', async () => {
    expect(await run('--version')).to.include({ code: 0, out: '9.9.9\n' });
  });

  it('takes a call without a command as wrong usage, and shows the help', async () => {
    expect(await run('')).to.include({ code: 2, err: USAGE });
    expect((await run('user')).code).to.equal(2);
  });

  it('says what it does not know, with the name that was probably meant', async () => {
    const command = await run('srve');
    expect(command.code).to.equal(2);
    expect(command.err).to.contain("dialhook: unknown command 'srve'").and.to.contain('Did you mean serve?');
    const option = await run('doctor --jsn');
    expect(option.code).to.equal(2);
    expect(option.err)
      .to.contain("unknown option '--jsn'")
      .and.to.contain('--json')
      .and.to.contain('dialhook <command> --help');
    expect((await run('user frobnicate')).code).to.equal(2);
    expect((await run('migrate now')).code).to.equal(2);
    expect((await run('simulate --rate fast')).err).to.contain('Give a number from');
  });

  it('tells all that is wrong in the configuration, and starts nothing', async () => {
    const deps = doors({ serve: () => expect.fail('must not start') });
    const { code, err } = await run(
      'serve',
      deps,
      terminal({ env: { DIALHOOK_AGI_PORT: 'x', DIALHOOK_WEB_PROT: '1' } }),
    );
    expect(code).to.equal(1);
    expect(err)
      .to.contain('the configuration has 2 problems')
      .and.to.contain('DIALHOOK_AGI_PORT')
      .and.to.contain('did you mean DIALHOOK_WEB_PORT?');
  });

  it('reads the file of --config, before or after the command', async () => {
    for (const line of ['--config /not/here.conf config', 'config --config /not/here.conf'])
      expect((await run(line)).err).to.contain("/not/here.conf (named by --config) can't be read");
  });

  it('ends a failure with one plain sentence and the way out, and shows more only when asked', async () => {
    const fails = doors({
      migrate: () =>
        Promise.reject(Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:3306'), { code: 'ECONNREFUSED' })),
    });
    const { code, err } = await run('migrate', fails);
    expect(code).to.equal(1);
    expect(err).to.equal(
      'dialhook: connect ECONNREFUSED 192.0.2.1:3306: nobody answers there. Start it, or correct the address (`dialhook config` shows it).\n',
    );
    expect((await run('--debug migrate', fails)).err).to.contain('cli.test');
  });

  it('names the way out of what it knows, and --debug for the rest', async () => {
    const failing = (error: Error) => run('migrate', doors({ migrate: () => Promise.reject(error) }));
    expect((await failing(new Error('no such table: users'))).err).to.contain('Run `dialhook migrate`');
    expect((await failing(Object.assign(new Error('x'), { code: 'ENOSPC' }))).err).to.contain('the disk is full');
    expect((await failing(new Error('strange\nand more'))).err).to.equal(
      'dialhook: strange. `--debug` shows where it happened.\n',
    );
  });
});
