import { expect } from 'chai';
import { allStories, T0 } from './story.js';
import { tellAll, tidy } from './tell.js';

/** Deterministic shuffle, so that a failure can be seen again. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const out = [...list];
  let state = seed * 2654435761 + 1;
  for (let i = out.length - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    const [a, b] = [out[i] as T, out[j] as T];
    out[i] = b;
    out[j] = a;
  }
  return out;
}

describe('stories on the fold', () => {
  for (const story of allStories()) {
    describe(`${story.file}: ${story.title}`, () => {
      it('gives the rows that the story tells', () => {
        expect(tellAll(story.events, T0, story.given)).to.deep.equal(story.rows.map(tidy));
      });

      it('gives the same call in 200 random orders, with every event twice', () => {
        const straight = tellAll(story.events, T0, story.given);
        for (let seed = 1; seed <= 200; seed += 1) {
          expect(
            tellAll(shuffled([...story.events, ...story.events], seed), T0, story.given),
            `order ${seed}`,
          ).to.deep.equal(straight);
        }
      });
    });
  }
});
