// Every story says how a real PBX plays it, or why none can.
import { expect } from 'chai';
import { allStories } from './story.js';

describe('stories', () => {
  const stories = allStories();

  it('have a number of their own and a title', () => {
    const numbers = stories.map((story) => /^\d{2,3}(?=-)/.exec(story.file)?.[0] ?? story.file);
    expect(numbers.filter((number, i) => !/^\d+$/.test(number) || numbers.indexOf(number) !== i)).to.deep.equal([]);
    expect(stories.filter((story) => story.title === '').map((story) => story.file)).to.deep.equal([]);
  });

  it('have a line `play`, or a line `only` with the reason why no PBX can play them; never both', () => {
    const wrong = stories.filter(({ play, only }) => play.length > 0 === only.length > 0);
    expect(wrong.map((story) => story.file)).to.deep.equal([]);
  });
});
