// A PBX whose server stands on another host: its spool file is brought there by `dialhook spool`, and the journal shows it.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder } from '../../scripts/lab/leaving.js';
import { freePort } from '../../scripts/lab/ports.js';
import { runDialhook, startServer } from '../../scripts/lab/server.js';
import { formatLine } from '../../src/call/event.js';

const lineOf = (n: number, name = 'Anna') =>
  formatLine({
    ...{ v: 1, id: `pbx9-u${n}-call-1`, at: 1_768_000_000_000 + n, pbx: 'pbx9', call: `pbx9-u${n}`, event: 'call' },
    ...{
      channel: `PJSIP/trunk-${n}`,
      uniqueid: `u${n}`,
      linkedid: `u${n}`,
      direction: 'in',
      from: '555-0101',
      name,
      to: '5551000',
    },
  });

describe('dialhook spool and journal', function () {
  this.timeout(120_000);

  it('brings every line of a file to a server elsewhere, keeps the file while nobody answers, and shows them', async () => {
    const file = join(temporaryFolder('spool'), 'events.spool');
    const lines = Array.from({ length: 500 }, (_, n) => lineOf(n, n === 7 ? 'Йо, "x" (z) & y=1|^%' : 'Anna'));
    // The last line was torn off by a full disk.
    writeFileSync(file, `${lines.join('\n')}\n${lineOf(501).slice(0, 60)}`);
    const closed = await freePort();
    const away = await runDialhook(['spool', file, '--to', `127.0.0.1:${closed}`], {});
    expect(away.code).to.equal(1);
    expect(away.output).to.contain(`127.0.0.1:${closed} did not take an event`);

    const server = await startServer();
    try {
      const brought = await runDialhook(['spool', file, '--to', server.agi], {});
      expect(brought.output, brought.output).to.contain('501 lines of 1 files brought.');
      expect(existsSync(file)).to.equal(false);
      expect(readdirSync(join(file, '..'))).to.deep.equal([]);
      const env = { DIALHOOK_DATA_DIR: server.dataDir };
      const checked = await runDialhook(['journal', '--verify'], env);
      expect(checked).to.include({ code: 0 });
      expect(checked.output).to.contain('501 records whole, 0 damaged');
      const printed = await runDialhook(['journal', '--print', '--call', 'pbx9-u7'], env);
      expect(printed.output).to.contain(lines[7]);
    } finally {
      await server.stop();
    }
  });
});
