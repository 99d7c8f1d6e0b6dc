import { expect } from 'chai';
import { nearNames } from '../../src/config/near.js';
import { OPTIONS } from '../../src/config/options.js';

const NAMES = Object.values(OPTIONS).map((option) => option.env);

describe('config: names that were meant', () => {
  for (const [wrong, meant] of [
    ['DIALHOOK_WEB_PROT', 'DIALHOOK_WEB_PORT'],
    ['DIALHOOK_AMISECRET', 'DIALHOOK_AMI_SECRET'],
    ['dialhook_data_dir', 'DIALHOOK_DATA_DIR'],
    ['DIALHOOK_DB_URL', 'DIALHOOK_DATABASE_URL'],
    ['DIALHOOK_TIMEZONE', 'DIALHOOK_TIME_ZONE'],
  ] as const) {
    it(`finds ${meant} for ${wrong}`, () => expect(nearNames(wrong, NAMES)[0]).to.equal(meant));
  }

  it('says nothing when nothing is near', () => expect(nearNames('DIALHOOK_COFFEE', NAMES)).to.deep.equal([]));
});
