// docs/stories.md is made from the story files; what is committed is what would be made now.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { anchorOf, STORIES_DOC, storiesDoc, storyText } from '../../scripts/stories/doc.js';
import { sentenceOf } from '../../scripts/stories/sentences.js';
import { allStories } from '../stories/story.js';

describe('docs/stories.md', () => {
  const doc = storiesDoc(allStories(), storyText);

  it('is what `make stories-doc` writes', () => {
    expect(readFileSync(STORIES_DOC, 'utf8'), 'run `make stories-doc`').to.equal(doc);
  });

  it('has every story once, and leads to it', () => {
    const headings = [...doc.matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? '');
    expect(headings).to.have.length(allStories().length);
    const links = [...doc.matchAll(/^- \[(.*)\]\(#(.*)\)$/gm)].map(([, text, anchor]) => [text, anchor]);
    expect(links.sort()).to.deep.equal(headings.map((heading) => [heading, anchorOf(heading)]).sort());
  });

  it('tells every row as a sentence', () => {
    const dumb = allStories().flatMap((story) => story.rows.filter((row) => !/[.]$/.test(sentenceOf(row))));
    expect(dumb).to.deep.equal([]);
  });

  it('tells a call, a talk and a step so that anybody understands', () => {
    const call = 'call      in +998000000101 → 5551000    answered     0.000 – 7.430   ended by caller';
    expect(sentenceOf(call)).to.equal(
      'A call from outside, +998000000101 to 5551000, from 0.000 to 7.430: **answered**, ended by the caller.',
    );
    const talk = 'talk 102 ↔ +998000000101 transferred 5.400 – 7.420 hold 1.000';
    expect(sentenceOf(talk)).to.equal(
      '102 and +998000000101 talk from 5.400 to 7.420, 1.000 s of it on hold; one of them is handed on.',
    );
    expect(sentenceOf('step park 701 retrieved by 101 12.000 – 20.000')).to.equal(
      'Park: 701 retrieved by 101, from 12.000 to 20.000.',
    );
    expect(sentenceOf('step hold 101 2.395 – 6.809 seen by ami')).to.equal(
      'Hold: 101, from 2.395 to 6.809, known from the manager interface.',
    );
    expect(sentenceOf('step voicemail 101 success in default/101/INBOX/msg 4.000 12 s long')).to.equal(
      'Voicemail: 101 success in default/101/INBOX/msg, at 4.000, 12 s long.',
    );
  });
});
