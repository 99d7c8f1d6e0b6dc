// `make faults`, as a person types it. No fault is played here.
import { expect } from 'chai';
import { startChild } from '../../scripts/lab/process.js';

const faults = async (...words: string[]) => {
  const child = await startChild('faults', process.execPath, ['--import', 'tsx', 'scripts/faults.ts', ...words]);
  return { code: (await child.exited).code, said: child.output() };
};

describe('faults: the command', () => {
  it('explains itself, and names the word that it does not know', async () => {
    const [help, unknown, fault, list] = await Promise.all([
      faults('--help'),
      faults('--tims', '3'),
      faults('--only', 'rain'),
      faults('--list'),
    ]);
    expect(help.code, help.said).to.equal(0);
    expect(help.said)
      .to.match(/^usage: make faults/)
      .and.to.contain('--short');
    expect(unknown.code, unknown.said).to.equal(2);
    expect(unknown.said).to.match(/^Unknown option '--tims'\nusage: make faults/);
    expect(fault).to.include({ code: 2 });
    expect(fault.said).to.contain('there is no fault "rain"');
    expect(list.code, list.said).to.equal(0);
    expect(list.said).to.contain('kill');
  });
});
