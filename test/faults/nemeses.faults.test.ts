// Every fault in short: a few strokes each. The campaigns are long and have a target of their own, "make faults".
import { expect } from 'chai';
import { endSharedMariaDb } from '../../scripts/lab/mariadb.js';
import { runCampaign } from './campaign.js';
import { NEMESES } from './nemeses/index.js';

describe('faults', function () {
  this.timeout(120_000);
  after(() => endSharedMariaDb());

  for (const nemesis of NEMESES.filter(({ strokes }) => strokes.short > 0)) {
    it(nemesis.harm, async function () {
      const seed = Date.now() % 1e9;
      const { skipped, wrong, events } = await runCampaign(nemesis, {
        strokes: nemesis.strokes.short,
        perRound: nemesis.strokes.short,
        seed,
      });
      if (skipped !== '') {
        if (process.env['CI'] === 'true') throw new Error(`it could not be done: ${skipped}`);
        this.skip();
      }
      expect(wrong).to.deep.equal([]);
      expect(events, 'events that the calls told').to.be.greaterThan(20);
    });
  }
});
