// The doctor on a FreePBX that runs: its generated dialplan with the overlay, and what becomes of the hooks when somebody else has them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type FreepbxPbx, startFreepbx } from '../../scripts/lab/freepbx/pbx.js';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { freePort } from '../../scripts/lab/ports.js';
import type { Check, Result } from '../../src/cli/doctor/check.js';
import { freepbxCalls } from '../../src/cli/doctor/freepbx/calls.js';
import { freepbxLoad, freepbxStubs } from '../../src/cli/doctor/freepbx/generated.js';
import { freepbxHooks } from '../../src/cli/doctor/freepbx/hooks.js';
import type { FreepbxHost } from '../../src/cli/doctor/freepbx/host.js';
import { freepbxFastagi } from '../../src/cli/doctor/freepbx/system.js';
import { execIncludes } from '../../src/cli/doctor/lists.js';
import { manager } from '../../src/cli/doctor/manager.js';
import { connectManager } from '../../src/cli/doctor/manager-probe.js';
import { rights } from '../../src/cli/doctor/rights.js';
import { examine } from '../../src/cli/doctor/run.js';
import { readConfig } from '../../src/config/load.js';
import { createLog } from '../../src/log/log.js';
import { freepbxHostOf } from '../../src/serve/freepbx-host.js';
import { probes } from '../cli/fakes.js';
import { overlaid } from './centre.js';

const CHECKS = [manager, rights, freepbxHooks, freepbxCalls, freepbxStubs, execIncludes, freepbxFastagi, freepbxLoad];

describe('the doctor on FreePBX', function () {
  this.timeout(120_000);
  let pbx: FreepbxPbx;
  let folder: string;
  let config: ReturnType<typeof readConfig>['config'];

  before(async () => {
    folder = temporaryFolder('freepbx-doctor');
    // Nobody listens there: what a hook told the server instead of the doctor would be in the spool.
    pbx = await startFreepbx(overlaid({ agi: `127.0.0.1:${await freePort()}`, systemName: '' }));
    config = readConfig({
      env: {
        ...{ DIALHOOK_PBX: pbx.pbx, DIALHOOK_DATA_DIR: folder, DIALHOOK_AMI_HOST: '127.0.0.1' },
        ...{
          DIALHOOK_AMI_PORT: String(pbx.amiPort),
          DIALHOOK_AMI_USER: pbx.amiUser,
          DIALHOOK_AMI_SECRET: pbx.amiSecret,
        },
      },
      defaultFile: '/none',
    }).config;
  });
  after(async () => {
    await pbx?.remove();
    removeFolder(folder);
  });

  const etc = () => join(pbx.folder, 'etc');
  const host = (): FreepbxHost | null =>
    freepbxHostOf(config, { etc: etc(), mark: etc(), console: (command) => pbx.cli(command) });
  const look = async (checks: readonly Check[] = CHECKS): Promise<Result[]> => {
    const seen = probes({
      now: Date.now,
      manager: () => connectManager(config, createLog({ level: 'silent', pretty: false })),
      freepbxHost: async () => host(),
    });
    return examine(config, seen, () => {}, checks);
  };
  const told = (results: Result[], name: string) =>
    results.filter((one) => one.name === name).map(({ state, says, where = '' }) => `${state} ${says} @ ${where}`);

  it('proves every hook by a call through it; nothing rings, nothing is told to the server, nothing stays', async () => {
    const results = await look();
    expect(told(results, 'freepbx-hooks')).to.deep.equal([
      "ok all 11 places of FreePBX's dialplan are ours, or call ours @ ",
    ]);
    expect(told(results, 'freepbx-calls')).to.deep.equal([
      'ok a test call went through each of 11 hooks and on; nothing rang @ ',
    ]);
    expect(told(results, 'freepbx-stubs')[0]).to.match(/^ok /);
    expect(told(results, 'freepbx-load')[0]).to.match(/^ok /);
    expect(existsSync(pbx.spoolPath), 'a line went to the spool').to.equal(false);
    expect(await pbx.cli('core show channels')).to.match(/^0 active channels/m);
    expect(pbx.log()).not.to.match(/-- Called (PJSIP|SIP)/);
    expect(await pbx.cli('dialplan show globals')).not.to.match(/DH_(SKIP|FROZEN)=[1-9]/);
  });

  it('says which place is whose: lost in a restore, written over, mixed, followed by others', async () => {
    const path = 'extensions_custom.conf';
    const ours = readFileSync(join(etc(), path), 'utf8');
    // A restore brought the file of the old system: our line is gone, FreePBX's own stubs are back.
    await pbx.configure(path, '; restored\n');
    await pbx.cli('dialplan reload');
    const lost = told(await look([freepbxHooks]), 'freepbx-hooks');
    expect(lost.filter((one) => one.includes("is FreePBX's own again"))).to.have.length(4);
    expect(lost.join('\n')).to.match(/macro-dialout-one-predial-hook\] s .*@ extensions\.conf:\d+/);
    expect(lost.join('\n')).to.include('[from-pstn-custom] _[+0-9]. is not there');
    // A site wrote its own hook above ours, and ends it as neither version may.
    await pbx.configure(
      path,
      `[macro-dialout-one-predial-hook]\nexten => s,1,NoOp(mine)\n same => n,NoOp(mine)\n${ours}`,
    );
    await pbx.cli('dialplan reload');
    const taken = told(await look([freepbxHooks]), 'freepbx-hooks');
    expect(taken).to.have.length(1);
    expect(taken[0]).to.match(/^fail .*written by the site and does not call ours.*@ extensions_custom\.conf:2$/);
    // The same with our line in it is as it should be.
    await pbx.configure(
      path,
      `[macro-dialout-one-predial-hook]\nexten => s,1,NoOp(mine)\n same => n,Gosub(dialhook-freepbx-one,s,1)\n same => n,ExecIf($[0$\{MACRO_DEPTH} = 0]?Return())\n${ours}`,
    );
    await pbx.cli('dialplan reload');
    expect(told(await look(), 'freepbx-hooks')[0]).to.match(/^ok /);
    expect(told(await look(), 'freepbx-calls')[0]).to.match(/^ok /);
    // Ours first, and a longer hook of another behind it.
    await pbx.configure(
      path,
      `${ours}\n[macro-dialout-one-predial-hook]\nexten => s,1,NoOp(x)\n same => n,NoOp(x)\n same => n,NoOp(mine)\n`,
    );
    await pbx.cli('dialplan reload');
    const tail = told(await look([freepbxHooks]), 'freepbx-hooks');
    expect(tail[0]).to.match(/^warn .*lines of another behind ours.*@ extensions_custom\.conf:\d+$/);
    await pbx.configure(path, ours);
    await pbx.cli('dialplan reload');
  });

  it('finds a hook that ends wrongly for this version: calls would die there', async () => {
    const path = 'extensions_custom.conf';
    const wrong = pbx.freepbx === '16' ? 'Return()' : 'MacroExit()';
    const ours = readFileSync(join(etc(), path), 'utf8');
    await pbx.configure(
      path,
      `[macro-dialout-trunk-predial-hook]\nexten => s,1,Gosub(dialhook-freepbx-trunk,s,1)\n same => n,${wrong}\n${ours}`,
    );
    await pbx.cli('dialplan reload');
    const found = told(await look(), 'freepbx-calls');
    expect(found).to.have.length(1);
    expect(found[0]).to.match(/^fail a call through \[macro-dialout-trunk-predial-hook\] s did not come back/);
    await pbx.configure(path, ours);
    await pbx.cli('dialplan reload');
  });

  it('warns of a stub that got a meaning, of a queue that rings everybody, and of a program for each ring', async () => {
    const generated = readFileSync(join(etc(), 'extensions_additional.conf'), 'utf8');
    const queues = readFileSync(join(etc(), 'queues_additional.conf'), 'utf8');
    const changed: FreepbxHost = {
      etc: etc(),
      console: (command) => pbx.cli(command),
      stockTables: async () => [],
      read: async (name) => {
        if (name === 'queues_additional.conf')
          return queues.replace(/^member=.*$/m, (line) => Array.from({ length: 12 }, () => line).join('\n'));
        return generated
          .replace(/(\[sub-record-cancel\][^[]*exten => s,1,)Return\(?\)?/, '$1Set(X=1)')
          .replace(/(exten => exten,1,)Noop\([^\n]*\)/, '$1Set(Y=1)')
          .replace(/AGI\(agi:\/\/[^)]*dialparties\.agi\)/, 'AGI(dialparties.agi)');
      },
    };
    const seen = probes({ freepbxHost: async () => changed });
    const results = await examine(config, seen, () => {}, [freepbxStubs, freepbxLoad]);
    expect(told(results, 'freepbx-stubs')[0]).to.match(
      /^warn .*\[sub-record-cancel\].*Set\(X=1\) @ extensions_additional\.conf:\d+$/,
    );
    expect(told(results, 'freepbx-stubs')[1]).to.match(/^warn .*\[sub-record-check\] exten,1.*Set\(Y=1\)/);
    const load = told(results, 'freepbx-load');
    expect(load[0]).to.match(/^warn queue 400 rings all of its 13 members.*@ queues_additional\.conf:\d+$/);
    expect(load[1]).to.match(
      /^warn each call to one of 1 ring groups \(2 members\) starts a PHP program.*@ extensions_additional\.conf:\d+$/,
    );
  });

  it('sees the wrong port', async () => {
    const own = { ...config, agiPort: 4573 };
    const seen = probes({ freepbxHost: async () => host() });
    const results = await examine(own, seen, () => {}, [freepbxFastagi]);
    expect(told(results, 'freepbx-fastagi')[0]).to.match(/^fail .*4573/);
  });
});
