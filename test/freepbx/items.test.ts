// FreePBX's rows as they come, odd ones among them, without a database.
import { expect } from 'chai';
import { dynamicMembers } from '../../src/freepbx/read/dynamic.js';
import { readGrants } from '../../src/freepbx/read/grants.js';
import { itemsOf, kindsIn } from '../../src/freepbx/read/items.js';
import type { FreepbxRow, FreepbxTable } from '../../src/store/freepbx-source.js';
import { CONTROL, CORPUS } from '../corpus/corpus.js';

const rows = (tables: Partial<Record<FreepbxTable, FreepbxRow[]>>) =>
  new Map(Object.entries(tables) as [FreepbxTable, FreepbxRow[]][]);
const member = (id: string, data: string, flags = '0') => ({ id, keyword: 'member', data, flags });

describe('freepbx: its rows', () => {
  it('have members of every technology, in the order of their flags', () => {
    const [queue] = itemsOf(
      rows({
        queues_config: [{ extension: '400', descr: 'Orders' }],
        queues_details: [
          member('400', 'Local/103@from-queue/n,0', '2'),
          member('400', 'PJSIP/102,1', '1'),
          member('400', 'Agent/101,0', '0'),
          member('400', '', '3'),
          member('401', 'SIP/999,0'),
        ],
      }),
    );
    expect(queue).to.deep.include({ kind: 'queue', number: '400', detail: { members: '101 102 103' } });
  });

  it('are known by kind where their table can be read', () => {
    expect(kindsIn(rows({ users: [], incoming: [] }))).to.deep.equal(['extension', 'did']);
    expect(itemsOf(rows({}))).to.deep.equal([]);
  });

  it('count once by kind and number; a row without a number is none', () => {
    const users = [
      { extension: '101', name: 'Anna' },
      { extension: '101', name: 'Second' },
      { extension: '', name: 'Nobody' },
    ];
    expect(itemsOf(rows({ users })).map(({ name }) => name)).to.deep.equal(['Anna']);
  });

  it('name a device by its user; one of nobody by its own words, or not at all', () => {
    const found = itemsOf(
      rows({
        users: [{ extension: '101', name: 'Anna' }],
        devices: [
          { id: '7001', tech: 'pjsip', user: '101', description: 'x' },
          { id: '7002', tech: 'pjsip', user: 'none', description: 'Door' },
          { id: '7003', tech: 'pjsip', user: '999', description: '' },
        ],
      }),
      new Map([['400', ['101']]]),
    );
    expect(found.map(({ number, name, operator }) => `${number} ${name} ${operator}`)).to.deep.equal([
      '101 Anna true',
      '7001 Anna true',
      '7002 Door false',
    ]);
  });

  it('may hold anything in their names: no line ends, no terminal is steered', () => {
    for (const { text } of CORPUS) {
      const all = itemsOf(
        rows({
          users: [{ extension: `1${text}`, name: text }],
          incoming: [{ extension: '5551000', cidnum: text, destination: text, description: text }],
        }),
      );
      for (const { number, name, detail } of all)
        for (const value of [number, name, ...Object.values(detail)]) expect(CONTROL.test(value)).to.equal(false);
    }
  });

  it('are joined by who may log in, as the AstDB says it', async () => {
    const items = ['/QPENALTY/400/agents/104', '/QPENALTY/400/agents/103', '/QPENALTY/400/dynmemberonly', '/x'].map(
      (key) => ({ get: (name: string) => (name === 'Key' ? key : undefined) }),
    );
    const list = (async () => items) as unknown as Parameters<typeof dynamicMembers>[0]['list'];
    expect([...(await dynamicMembers({ list }))]).to.deep.equal([['400', ['103', '104']]]);
  });

  it('need rights on their columns alone', () => {
    const grants = readGrants('aster`isk', "'reader'@'localhost'");
    expect(grants[0]).to.equal("GRANT SELECT (`extension`, `name`) ON `aster``isk`.`users` TO 'reader'@'localhost'");
    expect(grants.join('\n')).to.not.match(/password|\*/);
  });
});
