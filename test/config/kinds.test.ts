import path from 'node:path';
import { expect } from 'chai';
import * as kinds from '../../src/config/kinds.js';

describe('config: kinds of values', () => {
  const cases: [string, kinds.Kind<unknown>, [string, unknown][]][] = [
    [
      'whole',
      kinds.whole(1, 10),
      [
        ['1', 1],
        ['10', 10],
        ['0', undefined],
        ['11', undefined],
        ['1.5', undefined],
        ['', undefined],
        [' 1', undefined],
      ],
    ],
    [
      'port',
      kinds.port('any'),
      [
        ['0', 0],
        ['65535', 65535],
        ['65536', undefined],
        ['-1', undefined],
      ],
    ],
    [
      'text',
      kinds.text,
      [
        ['a b', 'a b'],
        ['', ''],
        ['a\nb', undefined],
      ],
    ],
    [
      'pbxName',
      kinds.pbxName,
      [
        ['pbx_1-a', 'pbx_1-a'],
        ['', undefined],
        ['a b', undefined],
        ['x'.repeat(33), undefined],
      ],
    ],
    [
      'host',
      kinds.host,
      [
        ['pbx.example.org', 'pbx.example.org'],
        ['::1', '::1'],
        ['a b', undefined],
        ['', undefined],
      ],
    ],
    [
      'networks',
      kinds.networks,
      [
        ['loopback', ['127.0.0.0/8', '::1/128']],
        ['192.0.2.0/24, 2001:db8::/32, 192.0.2.7', ['192.0.2.0/24', '2001:db8::/32', '192.0.2.7']],
        ['none', []],
        ['none,192.0.2.7', undefined],
        ['192.0.2.0/33', undefined],
        ['192.0.2.0/', undefined],
        ['192.0.2.0/24/1', undefined],
        ['example.org', undefined],
        ['', undefined],
      ],
    ],
    [
      'maybe',
      kinds.maybe(kinds.host),
      [
        ['', ''],
        ['192.0.2.1', '192.0.2.1'],
        ['a b', undefined],
      ],
    ],
    [
      'choice',
      kinds.choice('info', 'debug'),
      [
        ['info', 'info'],
        ['Info', undefined],
        ['', undefined],
      ],
    ],
    [
      'someOf',
      kinds.someOf('agi', 'web'),
      [
        ['web,agi', ['agi', 'web']],
        ['agi, agi', ['agi']],
        ['agi,cook', undefined],
        ['', undefined],
      ],
    ],
    [
      'flagOrAuto',
      kinds.flagOrAuto,
      [
        ['auto', 'auto'],
        ['YES', true],
        ['off', false],
        ['maybe', undefined],
      ],
    ],
    [
      'directory',
      kinds.directory,
      [
        ['/a/../b', '/b'],
        ['x', path.resolve('x')],
        ['', undefined],
      ],
    ],
    [
      'files',
      kinds.files,
      [
        ['', []],
        ['/a, /b', ['/a', '/b']],
      ],
    ],
    [
      'pauseReasons',
      kinds.pauseReasons,
      [
        ['break, lunch', ['break', 'lunch']],
        ['long break,team_talk', ['long break', 'team_talk']],
        ['', undefined],
        ['break,break', undefined],
        ['wrap_up', undefined],
        ['break,Wrap_Up', undefined],
        ['brèak', undefined],
        ['x'.repeat(41), undefined],
        ['-x', undefined],
        ['1,2,3,4,5,6,7,8,9,a,b,c,d', undefined],
      ],
    ],
    [
      'zone',
      kinds.zone,
      [
        ['UTC', 'UTC'],
        ['Asia/Tashkent', 'Asia/Tashkent'],
        ['Nowhere', undefined],
      ],
    ],
    [
      'origin',
      kinds.origin,
      [
        ['', ''],
        ['http://192.0.2.1:8080', 'http://192.0.2.1:8080'],
        ['https://x.example.org/', 'https://x.example.org'],
        ['https://x.example.org/a', undefined],
        ['ftp://x.example.org', undefined],
        ['x', undefined],
      ],
    ],
    [
      'proxies',
      kinds.proxies,
      [
        ['0', 0],
        ['2', 2],
        ['loopback', ['loopback']],
        ['192.0.2.0/24,::1', ['192.0.2.0/24', '::1']],
        ['true', undefined],
        ['', undefined],
      ],
    ],
    [
      'databaseUrl',
      kinds.databaseUrl,
      [
        ['sqlite:/x', 'sqlite:/x'],
        ['sqlite:', undefined],
        ['mysql://u:p@192.0.2.1/d', 'mysql://u:p@192.0.2.1/d'],
        ['mysql://192.0.2.1', undefined],
        ['http://x/d', undefined],
      ],
    ],
  ];
  for (const [name, kind, values] of cases)
    it(name, () => {
      for (const [text, value] of values) expect(kind.read(text), JSON.stringify(text)).to.deep.equal(value);
    });

  it('has a zone of this host', () => expect(kinds.zone.read('local')).to.be.a('string').and.not.equal('local'));

  it('shows a database without its password', () => {
    const shown = (url: string) => kinds.databaseUrl.hide?.(url);
    expect(shown('sqlite:/x')).to.equal('sqlite:/x');
    expect(shown('mysql://u:p%40@192.0.2.1:3306/d?socket=/s')).to.equal(
      'mysql://u:(hidden)@192.0.2.1:3306/d?socket=/s',
    );
    expect(shown('mysql://u@192.0.2.1/d')).to.equal('mysql://u@192.0.2.1/d');
    expect(shown('what is this')).to.equal('(hidden)');
  });
});
