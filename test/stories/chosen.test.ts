import { expect } from 'chai';
import { chosen, isSelection } from './chosen.js';

const SUITE = 'stories on a real Asterisk 22';
const TITLE = '07-queue-second-answers.txt: Queue: the second answers';

describe('the choice of stories', () => {
  it('takes all when nothing is asked for', () => {
    expect(chosen(SUITE, TITLE, ['node', 'mocha', 'a.test.ts'])).to.equal(true);
    expect(isSelection(['node', 'mocha', 'a.test.ts'])).to.equal(false);
  });

  it('follows what mocha was told, over the whole title', () => {
    for (const argv of [['-g', '07-'], ['--grep', '07-'], ['--grep=Asterisk 22 07'], ['-f', 'second answers']]) {
      expect(chosen(SUITE, TITLE, argv), argv.join(' ')).to.equal(true);
      expect(isSelection(argv), argv.join(' ')).to.equal(true);
    }
    for (const argv of [['-g', '08-'], ['-f', 'SECOND'], ['--grep=^07']])
      expect(chosen(SUITE, TITLE, argv), argv.join(' ')).to.equal(false);
  });

  it('follows DIALHOOK_STORIES, over the story alone', () => {
    const before = process.env['DIALHOOK_STORIES'];
    try {
      process.env['DIALHOOK_STORIES'] = 'QUEUE';
      expect(chosen(SUITE, TITLE, [])).to.equal(true);
      expect(isSelection([])).to.equal(true);
      process.env['DIALHOOK_STORIES'] = 'real Asterisk';
      expect(chosen(SUITE, TITLE, [])).to.equal(false);
    } finally {
      if (before === undefined) delete process.env['DIALHOOK_STORIES'];
      else process.env['DIALHOOK_STORIES'] = before;
    }
  });
});
