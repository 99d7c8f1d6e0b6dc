// The text of the lists, the script that prints it, and the script that prints the queues. The scripts are run as #exec runs them.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a dialplan writes its variables
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { until } from '../../scripts/lab/wait.js';
import { startLists } from '../../src/lists/publish.js';
import { listsText } from '../../src/lists/text.js';
import type { Lists } from '../../src/store/lists.js';
import { CORPUS } from '../corpus/corpus.js';
import { scriptOf } from './pbx.js';

const NOW = Date.UTC(2026, 0, 12, 9, 30);
const NONE: Lists = { blacklist: [], vips: [], routes: [] };
const route = { number: '5551000', context: 'ext-queues', exten: '400', priority: 1, note: '' };

/** As Asterisk runs #exec: what stands on standard error counts too. */
const exec = (script: 'lists' | 'queues', ...args: string[]) =>
  execFileSync('/bin/sh', ['-c', '/bin/sh "$@" 2>&1', '-', scriptOf(script), ...args], { encoding: 'utf8' });

describe('lists: their text', () => {
  it('says who is refused, who comes first, and what leads where', () => {
    const { text, entries, version } = listsText(
      {
        blacklist: [
          { number: '+998 00 555-01-42', reason: 'x', until: null },
          { number: '100', reason: '', until: NOW + 60_000 },
          { number: '101', reason: '', until: NOW - 45 * 60_000 },
        ],
        vips: [{ number: '102', name: '', priority: 7 }],
        routes: [route],
      },
      NOW,
    );
    expect(text.split('\n')).to.deep.equal([
      '[dialhook-list-black]',
      'exten => 100,1,Return(${IF($[${EPOCH} < 1768210260]?refused:ok)})',
      'exten => 998005550142,1,Return(refused)',
      '[dialhook-list-vip]',
      'exten => 102,1,Return(7)',
      '[dialhook-list-routes]',
      'exten => 5551000,1,Return(ext-queues,400,1)',
      '[dialhook-list-version]',
      `exten => ${version},1,Return(1)`,
      '; end 9',
      '',
    ]);
    expect(entries).to.equal(4);
  });

  it('is the same for the same lists, and another one for others', () => {
    const one = listsText({ ...NONE, routes: [route] }, NOW);
    expect(listsText({ ...NONE, routes: [route] }, NOW + 60_000)).to.deep.equal(one);
    expect(listsText({ ...NONE, routes: [{ ...route, exten: '401' }] }, NOW).version).to.not.equal(one.version);
  });

  it('leaves out what could be more than a number and a place', () => {
    for (const { text: hostile } of CORPUS) {
      const { text } = listsText(
        {
          blacklist: [{ number: `5${hostile}`, reason: hostile, until: null }],
          vips: [{ number: '102', name: hostile, priority: Number(hostile) }],
          routes: [
            { ...route, context: hostile },
            { ...route, number: '5551001', exten: hostile },
          ],
        },
        NOW,
      );
      for (const line of text.split('\n'))
        expect(line).to.match(
          /^(\[dialhook-list-\w+\]|exten => [0-9a-f]+,1,Return\((refused|\d+|ext-queues,[\w*#+.-]+,1|[\w-]+,400,1)\)|; end \d+|)$/,
        );
    }
  });
});

describe('lists: the script of #exec', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder('lists-script');
    file = join(folder, 'lists.conf');
  });
  afterEach(() => removeFolder(folder));
  const good = listsText({ ...NONE, routes: [route] }, NOW).text;
  const empty = '; dialhook: no lists yet\n';

  it('prints the file, and says nothing else', () => {
    writeFileSync(file, good);
    expect(exec('lists', file)).to.equal(good);
    expect(exec('lists', join(folder, 'none'))).to.equal(empty);
    expect(exec('lists')).to.equal(empty);
    expect(exec('lists', folder)).to.equal(empty);
  });

  it('takes the text before it when the file is cut short or says something else', function () {
    // Some sixty programs are started.
    this.timeout(30_000);
    writeFileSync(`${file}.last`, good);
    const lines = (...more: string[]) => `${[...more, ''].join('\n')}; end ${more.length}\n`;
    const bad = [
      '',
      good.slice(0, -9),
      good.split('\n').slice(2).join('\n'),
      lines('[from-internal]'),
      lines('[dialhook-list-black]', 'exten => s,1,System(id)'),
      lines('exten => 1,1,Return(${SHELL(id)})'),
      lines('exten => 1,1,Return(refused)}'),
      lines('exten => 1,1,Return(a,b,1)&Local/s@x'),
      lines('#exec /bin/sh'),
      lines('#include /etc/passwd'),
      lines('exten => 1,1,Return(refused)\r'),
      lines('exten => _X!,1,Return(refused)'),
      lines(' same => n,System(id)'),
    ];
    for (const text of bad) {
      writeFileSync(file, text);
      expect(exec('lists', file), JSON.stringify(text)).to.equal(good);
    }
    for (const { text: hostile, name } of CORPUS.filter(({ text }) => text.trim() !== '')) {
      writeFileSync(file, lines('[dialhook-list-routes]', `exten => 1,1,Return(${hostile})`));
      expect(exec('lists', file), name).to.equal(good);
    }
  });

  it('does not wait for a pipe that stands in its place', () => {
    const folder = temporaryFolder('lists');
    const file = join(folder, 'lists.conf');
    execFileSync('mkfifo', [file, `${file}.last`]);
    const said = execFileSync('/bin/sh', [scriptOf('lists'), file], { encoding: 'utf8', timeout: 5000 });
    expect(said).to.equal('; dialhook: no lists yet\n');
    removeFolder(folder);
  });

  it('has ten thousand numbers there in a blink', function () {
    this.timeout(60_000);
    const blacklist = Array.from({ length: 10_000 }, (_, n) => ({
      number: `99800${1e6 + n}`,
      reason: '',
      until: null,
    }));
    writeFileSync(file, listsText({ ...NONE, blacklist }, NOW).text);
    // The fastest of some: the machine may be busy with other things.
    let took = Number.POSITIVE_INFINITY;
    for (let n = 0; n < 5 && took > 2000; n++) {
      const began = performance.now();
      expect(exec('lists', file).split('\n')).to.have.lengthOf(10_007);
      took = Math.min(took, performance.now() - began);
    }
    expect(took).to.be.lessThan(2000);
  });
});

describe('lists: the file', () => {
  it('is written at once or not at all, and stays while the lists can not be read', async () => {
    const folder = temporaryFolder('lists-file');
    const file = join(folder, 'lists.conf');
    let lists: Lists | null = { ...NONE, routes: [route] };
    const asked: string[] = [];
    let has = '';
    const keeper = startLists({
      file,
      read: async () => lists ?? Promise.reject(new Error('away')),
      pbx: {
        loaded: async (version) => version === has,
        reload: async () => {
          asked.push('reload');
          has = keeper.state().version;
        },
      },
      log: { info: () => undefined, warn: () => undefined },
      everyMs: 3_600_000,
    });
    try {
      await keeper.look();
      await keeper.look();
      expect(keeper.state()).to.include({ entries: 1, loaded: true, failingSince: null });
      expect(asked).to.deep.equal(['reload']);
      const first = exec('lists', file);
      lists = null;
      await keeper.look();
      expect(keeper.state().failingSince).to.be.a('number');
      expect(exec('lists', file)).to.equal(first);
      lists = NONE;
      await keeper.look();
      await until(() => exec('lists', file) !== first, { what: 'the new text' });
      expect(exec('lists', `${file}.last`)).to.equal(first);
    } finally {
      await keeper.stop();
      removeFolder(folder);
    }
  });

  it('comes back when somebody took it away, and a PBX that does not take it in is asked less and less', async () => {
    const folder = temporaryFolder('lists-lost');
    const file = join(folder, 'lists.conf');
    let [at, reloads] = [NOW, 0];
    const keeper = startLists({
      file,
      read: async () => ({ ...NONE, routes: [route] }),
      pbx: {
        loaded: async () => false,
        reload: async () => {
          reloads += 1;
        },
      },
      log: { info: () => undefined, warn: () => undefined },
      everyMs: 3_600_000,
      now: () => at,
    });
    try {
      await keeper.look();
      const first = readFileSync(file, 'utf8');
      rmSync(file);
      await keeper.look();
      expect(readFileSync(file, 'utf8')).to.equal(first);
      // Half an hour of a look every five seconds: one each quarter of a minute would be 120.
      for (let n = 0; n < 300; n += 1) {
        at += 5000;
        await keeper.look();
      }
      expect(reloads).to.be.within(6, 9);
    } finally {
      await keeper.stop();
      removeFolder(folder);
    }
  });

  it('is not written through a link that somebody put into its folder', async () => {
    const folder = temporaryFolder('lists-link');
    const [file, theirs] = [join(folder, 'lists.conf'), join(folder, 'theirs')];
    writeFileSync(theirs, 'kept');
    writeFileSync(file, 'old\n');
    for (const name of ['.new', '.last']) symlinkSync(theirs, file + name);
    const keeper = startLists({
      file,
      read: async () => NONE,
      pbx: null,
      log: { info: () => undefined, warn: () => undefined },
      everyMs: 3_600_000,
    });
    try {
      await keeper.look();
      expect(readFileSync(theirs, 'utf8')).to.equal('kept');
      expect(readFileSync(`${file}.last`, 'utf8')).to.equal('old\n');
      expect(lstatSync(file).mode & 0o777).to.equal(0o644);
    } finally {
      await keeper.stop();
      removeFolder(folder);
    }
  });
});

describe('freepbx: the queues of a reload', () => {
  let etc: string;
  beforeEach(() => {
    etc = temporaryFolder('queues-script');
  });
  afterEach(() => removeFolder(etc));
  const put = (name: string, text: string) => writeFileSync(join(etc, name), text);
  const section = (queue: string, ...more: string[]) =>
    [
      `[${queue}](+)`,
      'setinterfacevar=yes',
      'setqueuevar=yes',
      'setqueueentryvar=yes',
      'membergosub=dialhook-freepbx-member',
      ...more,
      '',
    ].join('\n');
  const INCLUDES = [
    'queues_general_additional',
    'queues_custom_general',
    'queues_additional',
    'queues_custom',
    'queues_post_custom',
    'later',
  ];

  it('are those of the files that stand before queues_post_custom.conf', () => {
    put('queues.conf', `[general]\n${INCLUDES.map((name) => `#include ${name}.conf\n`).join('')}`);
    put('queues_additional.conf', '[400]\nstrategy=ringall\n[sales-night]\r\n[x y]\n;[500]\n[a;b]\n');
    put('queues_custom.conf', '[tpl](!)\n[400](+)\nfoo=1\n[mine](tpl)\n');
    put('later.conf', '[900]\n');
    expect(exec('queues', etc)).to.equal(section('400') + section('sales-night') + section('mine'));
    expect(exec('queues', etc, 'announce-holdtime=once', 'bad', '=x', 'a=$(id)')).to.equal(
      ['400', 'sales-night', 'mine'].map((queue) => section(queue, 'announce-holdtime=once')).join(''),
    );
  });

  it('are none where there is nothing, and nothing is said', () => {
    expect(exec('queues', etc)).to.equal('');
    expect(exec('queues', join(etc, 'none'))).to.equal('');
    mkdirSync(join(etc, 'queues_additional.conf'));
    expect(exec('queues', etc)).to.equal('');
  });

  it('are found without a queues.conf that can be read', () => {
    put('queues_additional.conf', '[400]\n');
    expect(exec('queues', etc)).to.equal(section('400'));
  });
});
