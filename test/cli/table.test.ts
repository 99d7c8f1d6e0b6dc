import { expect } from 'chai';
import { columns } from '../../src/cli/table.js';

describe('cli: columns', () => {
  it('are as wide as their widest cell, in whatever script; an empty cell is a dash', () => {
    expect(
      columns(
        ['a', 'name'],
        [
          ['1', 'Анна'],
          ['', 'x'],
        ],
      ),
    ).to.equal('a  name\n1  Анна\n-  x\n');
  });
});
