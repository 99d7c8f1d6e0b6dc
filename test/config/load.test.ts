import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { ConfigError, loadConfig, readConfig } from '../../src/config/load.js';

describe('config', () => {
  let dir: string;
  const file = (name: string, text: string) => {
    const full = path.join(dir, name);
    writeFileSync(full, text);
    return full;
  };
  const problems = (env: NodeJS.ProcessEnv, configFile?: string): string[] => {
    try {
      readConfig({ env, file: configFile, defaultFile: path.join(dir, 'none.conf') });
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };
  const load = (env: NodeJS.ProcessEnv, configFile?: string) =>
    readConfig({ env, file: configFile, defaultFile: path.join(dir, 'none.conf') }).config;

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'dialhook-config-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('works without a single setting', () => {
    const config = load({});
    expect(config.roles).to.deep.equal(['agi', 'apply', 'web']);
    expect(config.agiPort).to.equal(4574);
    expect(config.webPort).to.equal(8080);
    expect(config.dataDir).to.equal(path.resolve('data'));
    expect(config.databaseUrl).to.equal(`sqlite:${path.resolve('data')}/dialhook.sqlite`);
    expect(config.spoolFile).to.deep.equal([]);
    expect(config.amiHost).to.equal('');
    expect(config.lookupBudgetMs).to.equal(300);
  });

  it('puts the embedded database into the data directory', () => {
    expect(load({ DIALHOOK_DATA_DIR: '/var/lib/dialhook' }).databaseUrl).to.equal(
      'sqlite:/var/lib/dialhook/dialhook.sqlite',
    );
  });

  it('reads every type of value', () => {
    const config = load({
      DIALHOOK_ROLES: 'apply, agi',
      DIALHOOK_AGI_PORT: '0',
      DIALHOOK_SPOOL_FILE: '/var/spool/a,/var/spool/b',
      DIALHOOK_TIME_ZONE: 'Asia/Tashkent',
      DIALHOOK_LOG_PRETTY: 'yes',
      DIALHOOK_WEB_ORIGIN: 'https://calls.example.org',
      DIALHOOK_WEB_TRUST_PROXY: 'loopback,192.0.2.0/24',
      DIALHOOK_DATABASE_URL: 'mysql://user:p%40ss@192.0.2.7:3306/dialhook',
      PATH: '/usr/bin',
    });
    expect(config.roles).to.deep.equal(['agi', 'apply']);
    expect(config.agiPort).to.equal(0);
    expect(config.spoolFile).to.deep.equal(['/var/spool/a', '/var/spool/b']);
    expect(config.timeZone).to.equal('Asia/Tashkent');
    expect(config.logPretty).to.equal(true);
    expect(config.webOrigin).to.equal('https://calls.example.org');
    expect(config.webTrustProxy).to.deep.equal(['loopback', '192.0.2.0/24']);
  });

  it('lets the environment win over the file, and the command line over both', () => {
    const conf = file('a.conf', '# a comment\n\nDIALHOOK_WEB_PORT = 9000\nDIALHOOK_PBX="pbx9"\n');
    const sources = { env: { DIALHOOK_WEB_PORT: '9001' }, file: conf };
    expect(readConfig(sources).config).to.include({ webPort: 9001, pbx: 'pbx9' });
    expect(readConfig({ ...sources, overrides: { DIALHOOK_WEB_PORT: '9002' } }).config.webPort).to.equal(9002);
    const source = (env: string) => readConfig(sources).settings.find((one) => one.env === env)?.source;
    expect(source('DIALHOOK_WEB_PORT')).to.equal('the environment');
    expect(source('DIALHOOK_PBX')).to.equal(`${conf}:4`);
    expect(source('DIALHOOK_AGI_PORT')).to.equal('default');
  });

  it('takes an empty value as not said', () => {
    const conf = file('a.conf', 'DIALHOOK_PBX=pbx9\nDIALHOOK_WEB_PORT=\n');
    expect(load({ DIALHOOK_PBX: '' }, conf)).to.include({ pbx: 'pbx9', webPort: 8080 });
  });

  it('finds the file by DIALHOOK_CONFIG, and a default file when it exists', () => {
    const conf = file('a.conf', 'DIALHOOK_PBX=pbx9\n');
    expect(load({ DIALHOOK_CONFIG: conf }).pbx).to.equal('pbx9');
    expect(readConfig({ env: {}, defaultFile: conf }).config.pbx).to.equal('pbx9');
  });

  it('reads a secret from a file of its own', () => {
    const secret = file('secret', 'hush\n');
    const config = load({
      DIALHOOK_AMI_HOST: '192.0.2.1',
      DIALHOOK_AMI_USER: 'dialhook',
      DIALHOOK_AMI_SECRET_FILE: secret,
    });
    expect(config.amiSecret).to.equal('hush');
  });

  it('names all problems at once, each with value, place and what is allowed', () => {
    const conf = file('a.conf', 'DIALHOOK_LOG_LEVEL=loud\nnonsense\nDIALHOOK_PBX=a\nDIALHOOK_PBX=b\n');
    const said = problems({ DIALHOOK_AGI_PORT: '70000', DIALHOOK_WEB_PROT: '1' }, conf);
    expect(said).to.have.lengthOf(5);
    expect(said.join('\n')).to.contain(
      'DIALHOOK_AGI_PORT is "70000" in the environment; allowed: a port from 1 to 65535',
    );
    expect(said.join('\n')).to.contain(`DIALHOOK_LOG_LEVEL is "loud" in ${conf}:1; allowed: one of fatal, error`);
    expect(said.join('\n')).to.contain(
      'DIALHOOK_WEB_PROT in the environment is unknown; did you mean DIALHOOK_WEB_PORT?',
    );
    expect(said.join('\n')).to.contain(`${conf}:2: the line is not NAME=value`);
    expect(said.join('\n')).to.contain(`${conf}:4: DIALHOOK_PBX stands already at ${conf}:3`);
  });

  it('never shows a secret, whatever is wrong with it', () => {
    const said = problems({ DIALHOOK_DATABASE_URL: 'mysql:/root:hush@192.0.2.1' }, file('a.conf', 'hush hush\n')).join(
      '\n',
    );
    expect(said).to.contain('DIALHOOK_DATABASE_URL is (hidden)').and.not.contain('hush');
    const shown = JSON.stringify(
      readConfig({
        env: { DIALHOOK_DATABASE_URL: 'mysql://user:hush@192.0.2.1/d', DIALHOOK_AMI_SECRET: 'hush' },
        defaultFile: 'none',
      }).settings,
    );
    expect(shown).to.contain('mysql://user:(hidden)@192.0.2.1/d').and.not.contain('hush');
  });

  it('refuses both a secret and its file, a file for what is no secret, and files that are not there', () => {
    const said = problems(
      {
        DIALHOOK_AMI_SECRET: 'a',
        DIALHOOK_AMI_SECRET_FILE: '/none',
        DIALHOOK_WEB_PORT_FILE: '/x',
        DIALHOOK_DATABASE_URL_FILE: '/not/here',
      },
      path.join(dir, 'absent.conf'),
    ).join('\n');
    expect(said).to.contain('DIALHOOK_AMI_SECRET and DIALHOOK_AMI_SECRET_FILE stand both in the environment');
    expect(said).to.contain('DIALHOOK_WEB_PORT_FILE in the environment: only a secret can be read from a file');
    expect(said).to.contain(
      "DIALHOOK_DATABASE_URL_FILE=/not/here in the environment can't be read: there is no such file",
    );
    expect(said).to.contain("absent.conf (named by --config) can't be read: there is no such file");
  });

  it('asks for user and secret when a manager interface is named', () => {
    expect(problems({ DIALHOOK_AMI_HOST: '192.0.2.1' })).to.have.lengthOf(1);
    expect(problems({ DIALHOOK_AMI_HOST: '192.0.2.1' })[0]).to.contain(
      'DIALHOOK_AMI_USER and DIALHOOK_AMI_SECRET are not',
    );
    expect(problems({ DIALHOOK_AMI_HOST: '192.0.2.1', DIALHOOK_AMI_PORT: '0' })).to.deep.equal([]);
  });

  for (const [env, value] of [
    ['DIALHOOK_ROLES', 'agi,cook'],
    ['DIALHOOK_PBX', 'pbx 1'],
    ['DIALHOOK_WEB_TRUST_PROXY', 'true'],
    ['DIALHOOK_WEB_ORIGIN', 'https://calls.example.org/path'],
    ['DIALHOOK_TIME_ZONE', 'Mars/Olympus'],
    ['DIALHOOK_AGI_BACKLOG', '-1'],
    ['DIALHOOK_LOOKUP_BUDGET_MS', '1e3'],
    ['DIALHOOK_DATABASE_URL', 'postgres://user@192.0.2.1/d'],
    ['DIALHOOK_AMI_USER', 'a\r\nAction: Logoff'],
  ] as const) {
    it(`refuses ${env}=${JSON.stringify(value)}`, () => {
      const said = problems({ [env]: value });
      expect(said).to.have.lengthOf(1);
      expect(said[0]).to.contain(env).and.to.contain('allowed:');
    });
  }

  it('has a short form for the start', () => {
    expect(loadConfig({ DIALHOOK_PBX: 'pbx7' }, file('b.conf', '')).pbx).to.equal('pbx7');
  });
});
