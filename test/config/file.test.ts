import { expect } from 'chai';
import { parseConfigFile } from '../../src/config/file.js';

describe('config: a file', () => {
  const read = (text: string) => parseConfigFile(text, 'a.conf');

  it('holds NAME=value, comments and empty lines; quotes around a value are dropped', () => {
    const { lines, problems } = read('# x\r\n\nA=1\r\n  B = two words \nC="q # no comment"\nD=\'x\'\nE="half\nF=a=b\n');
    expect(problems).to.deep.equal([]);
    expect(lines.map(({ name, value }) => [name, value])).to.deep.equal([
      ['A', '1'],
      ['B', 'two words'],
      ['C', 'q # no comment'],
      ['D', 'x'],
      ['E', '"half'],
      ['F', 'a=b'],
    ]);
    expect(lines[0]?.place).to.equal('a.conf:3');
  });

  it('names the place of what can not be read, never the line', () => {
    expect(read('A=1\nexport B=2\nhush\nA=3\n').problems).to.deep.equal([
      'a.conf:2: the line is not NAME=value',
      'a.conf:3: the line is not NAME=value',
      'a.conf:4: A stands already at a.conf:1; keep one of the two',
    ]);
  });
});
