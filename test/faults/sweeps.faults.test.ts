// The systematic faults in short: some N of each. "make faults" takes every N.
import { expect } from 'chai';
import { endSharedMariaDb } from '../../scripts/lab/mariadb.js';
import { runSweep, SWEEPS } from './sweeps.js';

describe('systematic faults', function () {
  this.timeout(120_000);
  after(() => endSharedMariaDb());

  for (const sweep of SWEEPS) {
    it(sweep.harm, async () => {
      const { wrong, runs } = await runSweep(sweep, { stride: 40, seed: Date.now() % 1e9 });
      expect(wrong).to.deep.equal([]);
      expect(runs).to.be.greaterThan(1);
    });
  }
});
