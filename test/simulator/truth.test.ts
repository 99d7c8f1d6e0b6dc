import { expect } from 'chai';
import { shape } from './stage.js';
import { TRUTHS, tableOf } from './truths/index.js';

describe('simulator: sends what Asterisk sends', () => {
  for (const truth of TRUTHS)
    it(truth.name, () => {
      expect(shape(truth.simulated().lines())).to.deep.equal(tableOf(truth));
    });
});
