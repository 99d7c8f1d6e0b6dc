import { expect } from 'chai';
import { CORPUS } from '../corpus/corpus.js';
import { doors, run, terminal } from './fakes.js';

const env = { DIALHOOK_LISTS_FILE: '/var/lib/dialhook/lists.conf' };
const quoted = (text: string) => JSON.stringify(text);

describe('cli: blacklist, vip, route', () => {
  it('refuses a caller for good or until a day, lists them, and takes one off', async () => {
    const made = doors();
    const said = async (line: string | string[]) => run(line, made, terminal({ env }));
    expect((await said(['blacklist', 'add', '+998 00 555-01-42', '--reason', 'threats'])).out).to.equal(
      '+998005550142 is refused. Calls know within half a minute.\n',
    );
    expect((await said(['blacklist', 'add', '100', '--until', '2020-01-31 18:00'])).out).to.contain(
      '100 is refused until 2020-01-31 18:00.',
    );
    const { out } = await said('blacklist list');
    expect(out)
      .to.match(/\+998005550142 +- +threats/)
      .and.to.match(/100 +2020-01-31 18:00 \(over\)/);
    expect(JSON.parse((await said('blacklist list --json')).out)[0]).to.deep.equal({
      ...{ number: '+998005550142', reason: 'threats', until: null },
    });
    expect((await said('blacklist remove +998005550142')).code).to.equal(0);
    const again = await said('blacklist remove +998005550142');
    expect(again.code).to.equal(1);
    expect(again.err).to.contain('+998005550142 is not there; `dialhook blacklist list` shows all');
    expect(made.open).to.deep.equal([]);
  });

  it('gives a VIP a priority', async () => {
    const made = doors();
    expect((await run('vip add 200 --name Anna', made, terminal({ env }))).out).to.contain('200 has priority 10.');
    expect((await run('vip add 201 --priority 1001', made, terminal({ env }))).code).to.equal(2);
    expect((await run('vip list', made, terminal({ env }))).out).to.match(/200 +10 +Anna/);
  });

  it('routes a number to a place that a dialplan can have, and says when no call will know', async () => {
    const made = doors();
    expect((await run('route add 5551000 ext-queues 400', made, terminal())).out).to.equal(
      '5551000 leads to ext-queues,400,1. It reaches no call yet: DIALHOOK_LISTS_FILE is not set (docs/dialplan.md).\n',
    );
    expect((await run('route list', made, terminal({ env }))).out).to.match(/5551000 +ext-queues,400,1/);
  });

  it('takes no hostile number, context or extension', async () => {
    const made = doors();
    for (const { text } of CORPUS.filter((one) => !/^[\w+.-]*$/.test(one.text) && !one.text.startsWith('-'))) {
      for (const line of [
        ['blacklist', 'add', text],
        ['vip', 'add', text],
        ['route', 'add', '100', text, '400'],
        ['route', 'add', '100', 'ext-queues', text],
      ])
        expect(
          (await run(line, made, terminal({ env }))).code,
          `${line.slice(0, 2).join(' ')} ${quoted(text)}`,
        ).to.equal(1);
    }
    expect(made.stored.lists).to.deep.equal({ blacklist: [], vips: [], routes: [] });
  });
});

describe('cli: freepbx read, freepbx queues', () => {
  const item = {
    kind: 'extension',
    number: '101',
    name: 'Anna',
    here: 'Anna K.',
    detail: { tech: 'pjsip' },
    removedAt: null,
  };

  it('prints what FreePBX has, what was typed here, and what is gone', async () => {
    const gone = { ...item, number: '102', name: 'Ben', here: '', removedAt: Date.UTC(2026, 0, 12) };
    const made = doors({ freepbxSeen: async () => ({ error: '', readAt: 0, items: [item, gone] }) });
    const { out, code } = await run('freepbx read', made, terminal());
    expect(code).to.equal(0);
    expect(out).to.match(/extension +101 +Anna +Anna K\. +tech: pjsip/);
    expect(out).to.match(/extension +102 +Ben +- +removed 2026-01-12; tech: pjsip/);
    const json = JSON.parse((await run('freepbx read --json', made, terminal())).out);
    expect(json.items[0]).to.include({ typed_here: 'Anna K.', removed_at: null });
  });

  it('prints what was read last while FreePBX is away, and ends with code 1', async () => {
    const seen = { error: 'nobody answers there.', readAt: Date.UTC(2026, 0, 12, 9), items: [item] };
    const { out, err, code } = await run('freepbx read', doors({ freepbxSeen: async () => seen }), terminal());
    expect(code).to.equal(1);
    expect(out).to.contain('Anna');
    expect(err).to.contain('Shown is what was read last, at 2026-01-12T09:00:00.000Z.');
  });

  it('is the door to the script of the queues', async () => {
    expect((await run('freepbx queues --etc /tmp/etc', doors(), terminal())).out).to.equal('; queues of /tmp/etc\n');
  });
});
