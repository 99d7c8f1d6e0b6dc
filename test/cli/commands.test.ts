import { expect } from 'chai';
import { configDocument } from '../../src/config/describe.js';
import { doors, run, terminal } from './fakes.js';

describe('cli: serve', () => {
  it('starts with the configuration and its roles, and ends when it is told to', async () => {
    const io = terminal();
    let aborted = false;
    const deps = doors({
      serve: (config, { tell, signal, log }) =>
        new Promise((resolve) => {
          tell(`roles ${config.roles.join('+')}, level ${log.level}`);
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve();
          });
          setTimeout(io.interrupt);
        }),
    });
    expect(await run('serve --roles web', deps, io)).to.include({ code: 0, out: 'roles web, level info\n' });
    expect(aborted).to.equal(true);
  });

  it('ends at once when it is told twice', async () => {
    const io = terminal();
    const deps = doors({
      serve: async () => {
        io.interrupt();
        expect(io.exits).to.deep.equal([]);
        io.interrupt();
      },
    });
    await run('serve', deps, io);
    expect(io.exits).to.deep.equal([1]);
  });

  it('refuses roles that there are not', async () => {
    const { code, err } = await run('serve --roles cook');
    expect(code).to.equal(1);
    expect(err).to.contain('DIALHOOK_ROLES is "cook" in the command line; allowed: one or more of agi, apply, web');
  });
});

describe('cli: migrate and rebuild', () => {
  it('says what ran, what would run, and when nothing is to do', async () => {
    const asked: boolean[] = [];
    const deps = doors({
      migrate: async (_config, { dryRun }) => {
        asked.push(dryRun);
        return ['0001-first.sql'];
      },
    });
    expect((await run('migrate', deps)).out).to.equal('0001-first.sql\n1 migration run; the tables are up to date.\n');
    expect((await run('migrate --dry-run', deps)).out).to.equal('0001-first.sql\n1 migration to be run.\n');
    expect(asked).to.deep.equal([false, true]);
    expect((await run('migrate')).out).to.equal('The tables are up to date.\n');
  });

  it('compares without writing, and ends with 1 when calls differ', async () => {
    const rebuild = async (_config: unknown, { dryRun }: { dryRun: boolean }) => ({
      calls: 40,
      differed: Array.from({ length: 12 }, (_, i) => `pbx1-${i}${dryRun ? '' : 'w'}`),
    });
    const compared = await run('rebuild --dry-run', doors({ rebuild }));
    expect(compared.code).to.equal(1);
    expect(compared.out).to.contain('pbx1-9\n… and 2 more\n40 calls compared; 12 differ from the tables.\n');
    const made = await run('rebuild', doors({ rebuild }));
    expect(made.code).to.equal(0);
    expect(made.out).to.contain('pbx1-9w\n').and.to.contain('40 calls made anew; 12 differed');
    expect((await run('rebuild --dry-run')).code).to.equal(0);
  });

  it('shows how far it is', async () => {
    const rebuild = async (_config: unknown, { progress }: { progress: (calls: number) => void }) => {
      progress(1);
      await new Promise((resolve) => setTimeout(resolve, 1010));
      progress(200);
      return { calls: 200, differed: [] };
    };
    expect((await run('rebuild', doors({ rebuild }))).err).to.equal('200 calls\n');
  });
});

describe('cli: config', () => {
  it('shows each option with its source, secrets hidden, also for programs', async () => {
    const io = () => terminal({ env: { DIALHOOK_WEB_PORT: '9000', DIALHOOK_AMI_SECRET: 'hush' } });
    const { out } = await run('config', doors(), io());
    expect(out)
      .to.match(/DIALHOOK_WEB_PORT +9000 +the environment/)
      .and.not.contain('hush');
    const settings = JSON.parse((await run('config --json', doors(), io())).out) as {
      name: string;
      value: string;
      source: string;
    }[];
    expect(settings.find((one) => one.name === 'DIALHOOK_WEB_PORT')).to.deep.equal({
      name: 'DIALHOOK_WEB_PORT',
      value: '9000',
      source: 'the environment',
    });
    expect(settings.find((one) => one.name === 'DIALHOOK_AMI_SECRET')?.value).to.equal('(hidden)');
  });

  it('writes the reference', async () => expect((await run('config --markdown')).out).to.equal(configDocument()));
});

describe('cli: backup', () => {
  it('writes a file, or one with the time in its name, and says which old ones are gone', async () => {
    const asked: unknown[] = [];
    const deps = doors({
      backup: async (_config, { file, folder, keep }) => {
        asked.push({ file, folder, keep });
        return { file: file ?? `${folder}/now.gz`, bytes: 3 * 1024 * 1024, removed: keep > 0 ? ['old.gz'] : [] };
      },
    });
    expect((await run('backup /b/one.gz', deps)).out).to.match(/^\/b\/one\.gz: 3\.0 MiB in \d+\.\d s\n$/);
    expect((await run('backup --into /b --keep 14', deps)).out).to.match(/^\/b\/now\.gz: .*\nremoved old\.gz\n$/);
    expect(asked).to.deep.equal([
      { file: '/b/one.gz', folder: '', keep: 0 },
      { file: null, folder: '/b', keep: 14 },
    ]);
  });

  it('refuses what is not clear', async () => {
    for (const wrong of ['backup', 'backup /b/one --into /b', 'backup /b/one --keep 3', 'backup --into /b --keep 0'])
      expect((await run(wrong)).code, wrong).to.equal(1);
  });
});
