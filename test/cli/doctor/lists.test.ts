import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../../scripts/lab/leaving.js';
import { freepbxRead } from '../../../src/cli/doctor/freepbx-read.js';
import { execIncludes, lists } from '../../../src/cli/doctor/lists.js';
import type { FreepbxProbe } from '../../../src/cli/doctor/probes.js';
import { listsText } from '../../../src/lists/text.js';
import { look, MANAGER } from './eye.js';

const FREEPBX = { DIALHOOK_FREEPBX_DATABASE_URL: 'mysql://reader:hush@192.0.2.1/asterisk' };
const says = (values: Record<string, string>) => ({
  Getvar: ({ Variable }: Record<string, unknown>) => ({ Value: values[String(Variable)] ?? '' }),
});
const EXEC = 'AST_CONFIG(asterisk.conf,options,execincludes)';

describe('doctor: FreePBX and the lists', () => {
  const seen = (more: Partial<FreepbxProbe>) =>
    look(freepbxRead, {
      env: FREEPBX,
      probes: { freepbx: async () => ({ missing: [], tooMuch: [], extensions: 4, reading: null, ...more }) },
    });

  it('sees whether FreePBX can be read, and only read', async () => {
    expect((await look(freepbxRead)).state).to.equal('skip');
    expect(await seen({ missing: ['ringgroups'] })).to.include({
      ...{ state: 'ok', says: 'FreePBX has 4 extensions, and they can only be read; not there or closed: ringgroups' },
    });
    expect((await seen({ missing: ['users', 'ringgroups'] })).state).to.equal('fail');
    const much = await seen({ tooMuch: ['INSERT', 'UPDATE'] });
    expect(much.state).to.equal('warn');
    expect(much.says).to.contain('INSERT, UPDATE');
    const failing = { readAt: 0, failingSince: Date.UTC(2026, 0, 12, 9), error: 'away' };
    expect((await seen({ reading: failing })).says).to.contain('since 2026-01-12T09:00:00.000Z: away');
    const away = await look(freepbxRead, {
      env: FREEPBX,
      probes: { freepbx: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })) },
    });
    expect(away.state).to.equal('fail');
    expect(away.says).to.not.contain('hush');
  });

  it('sees whether Asterisk runs #exec', async () => {
    const asked = (value: string) =>
      look(execIncludes, { env: { ...MANAGER, ...FREEPBX }, manager: says({ [EXEC]: value }) });
    expect((await look(execIncludes, { env: MANAGER })).state).to.equal('skip');
    expect((await asked('yes')).state).to.equal('ok');
    expect((await asked('no')).state).to.equal('fail');
    expect((await asked('')).mend).to.contain('execincludes = yes');
    // On FreePBX's host it is asked whatever is set here, and the line of the file is named.
    const freepbx = (value: string) =>
      look(execIncludes, {
        env: MANAGER,
        manager: says({ [EXEC]: value }),
        probes: {
          freepbxHost: async () => ({
            ...{ etc: '/none', console: async () => '', stockTables: async () => [] },
            read: async () => '[options]\nexecincludes = no ; not now\n',
          }),
        },
      });
    expect(await freepbx('no')).to.include({ state: 'fail', where: 'asterisk.conf:2' });
    expect((await freepbx('yes')).state).to.equal('ok');
  });

  it('sees whether the PBX has the lists of the file', async () => {
    const folder = temporaryFolder('doctor-lists');
    try {
      const file = join(folder, 'lists.conf');
      const env = { ...MANAGER, DIALHOOK_LISTS_FILE: file };
      expect((await look(lists, { env: MANAGER })).state).to.equal('skip');
      expect((await look(lists, { env })).state).to.equal('fail');
      const { text, version } = listsText({ blacklist: [], vips: [], routes: [] }, 0);
      writeFileSync(file, text);
      const loaded = `DIALPLAN_EXISTS(dialhook-list-version,${version},1)`;
      expect((await look(lists, { env, manager: says({ [loaded]: '1' }) })).state).to.equal('ok');
      expect((await look(lists, { env, manager: says({ [EXEC]: 'no' }) })).state).to.equal('fail');
      const missing = await look(lists, { env, manager: says({ [EXEC]: 'yes' }) });
      expect(missing.state).to.equal('warn');
      expect(missing.mend).to.contain(`#exec /bin/sh /etc/asterisk/dialhook/exec/dialhook-lists.sh ${file}`);
    } finally {
      removeFolder(folder);
    }
  });
});
