import { expect } from 'chai';
import { rowCache } from '../../src/web/row-cache.js';

describe('the memory of rows', () => {
  it('makes each text once, and forgets those that nobody asked for while as many others came twice over', () => {
    const made: string[] = [];
    const rows = rowCache(3);
    const ask = (key: string) =>
      rows(key, () => {
        made.push(key);
        return `<${key}>`;
      });
    expect([ask('a'), ask('a')]).to.deep.equal(['<a>', '<a>']);
    // What is asked for in between stays, however many come and go.
    for (const key of ['b', 'c', 'd', 'a', 'e', 'f', 'a', 'g', 'h']) expect(ask(key)).to.equal(`<${key}>`);
    expect(made).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    ask('b');
    expect(made.filter((key) => key === 'b')).to.have.length(2);
  });
});
