import { expect } from 'chai';
import { readClients } from '../../src/cli/clients-file.js';
import { parseCsv } from '../../src/cli/csv.js';

describe('cli: CSV', () => {
  const cells = (text: string) => parseCsv(text).rows.map((row) => row.cells);

  it('reads rows, quotes, doubled quotes and line feeds in quotes', () => {
    expect(cells('a,b\n"x, y","say ""hi"""\r\n"two\nlines",z')).to.deep.equal([
      ['a', 'b'],
      ['x, y', 'say "hi"'],
      ['two\nlines', 'z'],
    ]);
  });

  it('knows semicolons and a byte order mark, as spreadsheets write them', () => {
    expect(cells('\uFEFFnumber;name\n1;"a,b"\n')).to.deep.equal([
      ['number', 'name'],
      ['1', 'a,b'],
    ]);
  });

  it('keeps the number of the line, over empty ones and quoted line feeds', () => {
    expect(parseCsv('a\n\n"x\ny"\nz').rows.map((row) => row.line)).to.deep.equal([1, 3, 5]);
  });

  it('says where a quote was opened and never closed', () => expect(parseCsv('a\n"b\nc').unclosed).to.equal(2));
});

describe('cli: a file of clients', () => {
  it('takes the columns in any order, and numbers as people write them', () => {
    const { clients, errors } = readClients('name,VIP,number\nАнна,yes,+998 (00) 111-22-33\n"O\'Dell, Jr",,5550142\n');
    expect(errors).to.deep.equal([]);
    expect(clients).to.deep.equal([
      { number: '+998001112233', name: 'Анна', company: '', vip: true },
      { number: '5550142', name: "O'Dell, Jr", company: '', vip: false },
    ]);
  });

  it('tells each bad line with its number and reason, and keeps the good ones', () => {
    const { clients, errors } = readClients(
      [
        'number,name,vip',
        'abc,A,',
        ',B,',
        '5550142,C,maybe',
        '5550143,D,1',
        '555 01-43,E,',
        '5550144,F,,x',
        '5550145,G,0',
      ].join('\n'),
    );
    expect(clients.map((client) => client.name)).to.deep.equal(['D', 'G']);
    expect(errors).to.deep.equal([
      'line 2: number "abc" is no telephone number: 2 to 32 digits, a + before them if you like',
      'line 3: the number is empty',
      'line 4: vip "maybe" is neither yes nor no (1, 0, yes, no, true, false or empty)',
      'line 6: number 5550143 stands already in line 5',
      'line 7: has 4 cells, the first line names 3',
    ]);
  });

  it('wants a first line that names the columns', () => {
    expect(readClients('5550142,Anna\n').errors[0]).to.contain('line 1: the first line must name the columns');
    expect(readClients('number,colour\n').errors[0]).to.contain('"colour" is none of them');
    expect(readClients('').errors).to.have.lengthOf(1);
  });
});
