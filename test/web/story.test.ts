// One call's story, as its page tells it.
import { expect } from 'chai';
import type { Call, Step } from '../../src/call/call.js';
import type { CallEvent } from '../../src/call/event.js';
import { fold } from '../../src/call/fold.js';
import { intoStories } from '../../src/call/link.js';
import { clocks, maskedPhone, phone } from '../../src/web/format.js';
import { ticksOf } from '../../src/web/story/drawing.js';
import { peopleOf, tookPart } from '../../src/web/story/people.js';
import { tellStep } from '../../src/web/story/steps.js';
import { storyView } from '../../src/web/story/view.js';
import { allStories, T0 } from '../stories/story.js';
import { Client, type Served, serve, signedIn } from './serve.js';
import { longStory, lostStory, storyOf } from './stories.js';

const foldOf = (events: readonly CallEvent[]): Call => fold(events[0]?.call ?? '', events);
const NAMES = {
  operators: new Map([
    ['101', 'Alina R.'],
    ['112', 'Lola M.'],
    ['103', 'Carlos M.'],
    ['104', 'Dilnoza A.'],
  ]),
  queues: new Map([['support', 'Support']]),
};
const view = ({ call, lines }: { call: Call; lines: readonly string[] }, write = phone, now = T0 + 3_600_000) =>
  storyView(call, { ...NAMES, lines, now, client: null, clock: clocks('UTC'), write });

describe('the story of a call', () => {
  it('is told in plain words, in the order of the clock', () => {
    const { told, title, head } = view(longStory());
    expect(told.map((one) => `${one.offset} ${one.text}`)).to.deep.equal([
      '0:00 +998 00 123 42 18 called 555-1000, through trunk.',
      '0:00 The caller chose 2 in the menu main.',
      '0:07 Joined the queue Support, place 2.',
      '0:09 Support rang Alina R. 101: not answered for 15 s.',
      '0:24 Support rang Lola M. 112: answered after 3 s.',
      '0:27 Lola M. 112 and the caller talked for 43 s (Support), 16 s of it on hold; then the call went on.',
      '0:28 Recorded for 2 min 2 s: a-call.wav.',
      '0:55 Lola M. 112 put the other side on hold for 16 s.',
      '0:56 Lola M. 112 made another call, and that call became part of this one.',
      '0:56 Rang Carlos M. 103: answered after 3 s.',
      '0:59 Carlos M. 103 and Lola M. 112 talked for 12 s; then the call went on.',
      '1:11 Lola M. 112 transferred the caller to Carlos M. 103 after consulting.',
      '1:11 Carlos M. 103 and the caller talked for 25 s; then the call went on.',
      '1:36 Parked in 701 by Carlos M. 103, taken by Dilnoza A. 104 after 12 s.',
      '1:48 Dilnoza A. 104 and the caller talked for 42 s; the caller hung up.',
      '2:30 The caller hung up, 2 min 30 s after it began.',
    ]);
    // What no hook can see is marked as such.
    expect(told.filter((one) => one.seen !== '').map((one) => one.icon)).to.deep.equal(['hold', 'transfer']);
    expect(told.filter((one) => one.bad).map((one) => one.icon)).to.deep.equal(['missed']);
    expect(title).to.equal('+998 00 123 42 18 → 555-1000');
    expect(head).to.include({ lasted: '2 min 30 s', waited: '21 s', talked: '1 min 50 s', held: '16 s', runs: false });
    expect(head).to.include({
      date: 'Thu 15 Jan 2026',
      from_at: '08:00:00',
      to_at: '08:02:30',
      ended: 'The caller hung up',
    });
    expect(head.marks.map((mark) => mark.word)).to.deep.equal(['3 calls in one']);
  });

  it('says of a lost call who gave up, and what was missed', () => {
    const { told, head, kept, offers } = view(lostStory());
    expect(told.map((one) => one.text).slice(-3)).to.deep.equal([
      'sales rang Alina R. 101: not answered for 15 s.',
      'The caller gave up in sales, after 21 s.',
      'The caller gave up, 21 s after it began.',
    ]);
    expect([head.sign.word, head.talked]).to.deep.equal(['Caller gave up', '']);
    expect(offers.map((o) => [o.outcome, o.bad])).to.deep.equal([['missed', true]]);
    expect(kept).to.include('no longer kept');
  });

  it('tells of ring-all as one ring of several phones', () => {
    const ringAll = allStories().find((story) => story.file.startsWith('10-'));
    const told = view({ call: foldOf(ringAll?.events ?? []), lines: [] }).told.map((one) => one.text);
    expect(told).to.include('Support rang Alina R. 101, 102 and Carlos M. 103 at once: 102 answered after 1 s.');
  });

  it('says of a call that nobody announced how it is known, and that who ended it is not', () => {
    const found = allStories().find((story) => story.file.startsWith('68-'));
    const { told, head } = view({ call: foldOf(found?.events ?? []), lines: [] });
    expect(told[0]?.text).to.equal(
      'No hook announced this call: what is known of it was seen by comparing with the PBX.',
    );
    expect(head.marks.map((mark) => mark.word)).to.deep.equal(['seen by comparison']);
    expect(head.odd).to.include('its start was never reported');
  });

  it('can be told of every golden story, and of every beginning of one', () => {
    let stories = 0;
    for (const { file, events } of allStories()) {
      for (const story of intoStories(events)) {
        for (let n = 1; n <= story.length; n += 1) {
          const shown = view({ call: foldOf(story.slice(0, n)), lines: [] });
          const text = JSON.stringify(shown);
          expect(text, file).to.not.match(/undefined|NaN|\[object|Infinity/);
          for (const { text: sentence } of shown.told) expect(sentence, file).to.match(/^\S.*\.$/);
          for (const { bars } of shown.drawing.tracks)
            for (const { x, width } of bars) {
              expect(Number(x), file).to.be.within(0, 100);
              expect(Number(width), file).to.be.greaterThan(0);
              expect(Number(x) + Number(width), file).to.be.at.most(100.5);
            }
        }
        stories += 1;
      }
    }
    expect(stories).to.be.greaterThan(20);
  });

  it('draws each who took part once, and what they did in its place', () => {
    const { tracks, legend, ticks, more } = view(longStory()).drawing;
    expect(tracks.map((track) => `${track.role} ${track.label}`)).to.deep.equal([
      'caller +998 00 123 42 18',
      'operator Alina R. 101',
      'operator Lola M. 112',
      'operator Carlos M. 103',
      'operator Dilnoza A. 104',
    ]);
    const kinds = (label: string) =>
      tracks.find((track) => track.label.startsWith(label))?.bars.map((one) => one.kind) ?? [];
    expect(kinds('Alina')).to.deep.equal(['life', 'missed']);
    expect(kinds('Lola')).to.include.members(['ring', 'talk', 'hold']);
    // The caller hears the music that Lola's hold makes.
    expect(kinds('+998')).to.include.members(['machine', 'wait', 'talk', 'hold', 'park', 'moment']);
    const talk = tracks[2]?.bars.find((one) => one.kind === 'talk');
    expect([Number(talk?.x), talk?.title]).to.deep.equal([18.4, 'talks with the caller, 43 s, at 0:27']);
    expect(legend.map((one) => one.kind)).to.deep.equal([
      'machine',
      'wait',
      'ring',
      'missed',
      'talk',
      'hold',
      'park',
      'moment',
    ]);
    expect([ticks.map((tick) => tick.label), more]).to.deep.equal([
      ['0:00', '0:30', '1:00', '1:30', '2:00', '2:30'],
      0,
    ]);
  });

  it('marks the time in whole steps, never more than nine marks', () => {
    for (const s of [1, 7, 8, 9, 61, 599, 3_600, 86_400, 900_000])
      expect(ticksOf(s * 1000).length, `${s}`).to.be.within(2, 9);
  });

  it('of a call that still runs goes up to now', () => {
    const events = storyOf(`story   x
  0.000  call     in  5550163 → 5551000  trunk trunk               ch trunk-1
  0.200  enter    support                                          ch trunk-1
  0.300  offer    112  queue support  dialler trunk-1              ch 112-1
  2.300  answer   112  queue support  dialler trunk-1              ch 112-1
`);
    const { head, told } = view(events, phone, T0 + 62_300);
    expect(head).to.include({ runs: true, lasted: '1 min 2 s', talked: '1 min', ended: '', to_at: '' });
    expect(head.sign.word).to.equal('Talking');
    expect(told.at(-1)?.text).to.equal(
      'Lola M. 112 and the caller are talking (support).'.replace('support', 'Support'),
    );
  });

  it('hides the numbers of callers everywhere, our own not, and never shows a path', () => {
    const text = JSON.stringify(view(longStory(), maskedPhone));
    expect(text).to.not.match(/123 ?42 ?18|1234218|\/var\/spool/);
    expect(text).to.include('+998 00 ••• 42 18').and.include('555-1000').and.include('a-call.wav');
  });

  it('hides a number that the carrier sent as the name', () => {
    const { call, lines } = longStory();
    const named = lines.map((line) => line.replace(/&name=[^&]*/, '&name=%2B998%2000%20123%2042%2018'));
    const story = { call: { ...call, name: '+998 00 123 42 18' }, lines: named };
    expect(JSON.stringify(view(story, maskedPhone))).to.not.match(/123 ?42 ?18|1234218/);
  });

  it('takes nobody from outside for an operator, whatever number he shows', () => {
    const { call, lines } = longStory();
    const [operator] = call.talks.map((talk) => talk.operator);
    const spoofed = view({ call: { ...call, direction: 'in', endpoint: '', from: operator ?? '' }, lines });
    expect([spoofed.head.from, spoofed.title.split(' ')[0]]).to.deep.equal([operator, operator]);
    expect(spoofed.told[0]?.text).to.match(new RegExp(`^${operator} called`));
    expect(spoofed.drawing.tracks.find((track) => track.role === 'caller')?.label).to.equal(operator);
  });

  it('lists the raw events with who told them, and marks those of calls that joined', () => {
    const { raw, kept } = view(longStory());
    expect([raw.rows.length, raw.more, raw.unread, kept]).to.deep.equal([25, 0, 0, '']);
    expect(raw.rows[0]).to.deep.include({
      at: '08:00:00.000',
      source: 'hook',
      event: 'call',
      channel: 'PJSIP/trunk-1',
      other: '',
    });
    expect(raw.rows.filter((row) => row.source === 'AMI').map((row) => row.event)).to.deep.equal([
      'hold',
      'transfer',
      'park',
      'retrieve',
    ]);
    expect(new Set(raw.rows.map((row) => row.other))).to.deep.equal(
      new Set(['', 'pbx1-web-consult', 'pbx1-web-taker']),
    );
    const { call, lines } = longStory();
    expect(view({ call, lines: lines.slice(0, 20) }).kept).to.equal(
      'Only 20 of the 25 events of this call are still kept.',
    );
    expect(view({ call, lines: ['not a line'] }).raw.unread).to.equal(1);
  });
});

describe('the name of a recording', () => {
  it('holds the numbers as their reader may see them, its time as it is', () => {
    const { file } = peopleOf(longStory().call, { ...NAMES, write: maskedPhone });
    const time = '20260115-080000-1768464000.11.wav';
    expect(file(`2026/01/15/q-400-998001234218-${time}`)).to.equal(`q-400-998 00 ••• 42 18-${time}`);
    expect(file(`out-9004912345-101-${time}`)).to.equal(`out-900•••2345-101-${time}`);
    expect(file('2026/01/15/pbx1-1768464000.11.wav')).to.equal('pbx1-1768464000.11.wav');
  });
});

describe('a step in words', () => {
  const { call } = longStory();
  const people = peopleOf(call, { ...NAMES, write: phone });
  const step = (kind: Step['step'], more: Partial<Step>): Step => ({
    ...{
      step: kind,
      operator: '',
      uniqueid: 'u',
      startedAt: T0,
      endedAt: T0 + 12_000,
      what: '',
      outcome: '',
      detail: '',
    },
    ...{ length: null, source: 'hook', ...more },
  });
  const cases: [Step, string][] = [
    [
      step('transfer', { outcome: 'blind', what: '103', detail: '101' }),
      'Alina R. 101 transferred the caller to Carlos M. 103 without asking there first.',
    ],
    [
      step('transfer', { outcome: 'attended', what: '103', detail: '101' }),
      'Alina R. 101 transferred the caller to Carlos M. 103 after consulting.',
    ],
    [
      step('transfer', { outcome: 'consulting', what: '103', detail: '101' }),
      'Alina R. 101 is asking Carlos M. 103, while the caller waits.',
    ],
    [
      step('transfer', { outcome: 'cancelled', what: '103', detail: '101' }),
      'Alina R. 101 asked Carlos M. 103 and came back to the caller.',
    ],
    [
      step('transfer', { outcome: 'returned', what: '103', detail: '101' }),
      'Carlos M. 103 did not take the call that Alina R. 101 had transferred: it came back to Alina R. 101.',
    ],
    [
      step('transfer', { outcome: 'failed', what: '999', detail: '101' }),
      'Alina R. 101 could not transfer the caller to 999.',
    ],
    [
      step('park', { outcome: 'retrieved', what: '701', detail: '103 to 104' }),
      'Parked in 701 by Carlos M. 103, taken by Dilnoza A. 104 after 12 s.',
    ],
    [
      step('park', { outcome: 'came_back', what: '701', detail: '103' }),
      'Parked in 701 by Carlos M. 103; nobody took it within 12 s, so it came back.',
    ],
    [step('park', { outcome: 'hung_up', detail: '' }), 'Parked in a parking place; the caller hung up after 12 s.'],
    [step('park', { endedAt: null, what: '701', detail: '103' }), 'Parked in 701 by Carlos M. 103, and still there.'],
    [step('pickup', { operator: '104', what: '101' }), 'Dilnoza A. 104 took the call that rang at Alina R. 101.'],
    [step('voicemail', { outcome: 'left', what: '101', length: 14_000 }), 'Message left in mailbox 101, 14 s.'],
    [step('voicemail', { outcome: 'failed', what: '101' }), 'No message was left in mailbox 101.'],
    [
      step('conference', { what: '800', detail: 'leader', operator: '101' }),
      'Alina R. 101 was in the conference room 800 for 12 s, as its leader.',
    ],
    [step('conference', { what: '800', endedAt: null }), 'The caller is in the conference room 800.'],
    [step('menu', { what: 'main', outcome: 'timeout' }), 'The caller heard the menu main and chose nothing.'],
    [step('menu', { what: 'main', outcome: 'hung_up' }), 'The caller hung up in the menu main.'],
    [
      step('forward', { what: '103', detail: '101', outcome: 'phone' }),
      'The call of Alina R. 101 was forwarded to Carlos M. 103 by the phone itself.',
    ],
    [
      step('forward', { what: '5550142', outcome: 'unconditional' }),
      'The call was forwarded to 555-0142: unconditional.',
    ],
    [
      step('spy', { operator: '104', what: '101', detail: 'whisper' }),
      'Dilnoza A. 104 whispered to Alina R. 101 for 12 s.',
    ],
    [step('hold', { operator: '101', endedAt: null }), 'Alina R. 101 has put the other side on hold.'],
    [step('recording', { what: '/a/b/c.wav', length: 65_000 }), 'Recorded for 1 min 5 s: c.wav.'],
  ];
  for (const [one, text] of cases) it(text, () => expect(tellStep(one, people).text).to.equal(text));

  it('has a sign for each kind', () => {
    const kinds = new Set(cases.map(([one]) => one.step));
    expect(kinds.size).to.equal(10);
    const icons = cases.map(([one]) => tellStep(one, people).icon);
    expect(icons.every((icon) => icon !== '')).to.equal(true);
  });
});

describe('who may read a story', () => {
  let served: Served;
  before(async () => {
    served = await serve();
  });
  after(() => served.close());
  const ask = async (client: Client, path: string) => {
    const answer = await client.ask(path, { headers: { Accept: 'text/html' } });
    return { status: answer.status, to: answer.headers.get('location'), html: await answer.text() };
  };

  it('who took part: rang, talked, called', () => {
    const { call } = longStory();
    expect(['101', '112', '103', '104'].map((operator) => tookPart(call, operator))).to.deep.equal([
      true,
      true,
      true,
      true,
    ]);
    expect(['109', '', 'trunk', '+998001234218'].map((operator) => tookPart(call, operator))).to.deep.equal([
      false,
      false,
      false,
      false,
    ]);
  });

  it('an operator reads own calls, numbers in full; of others there is nothing, as of none', async () => {
    const lola = await signedIn(served.base, 'lola');
    const mine = await ask(lola, '/calls/pbx1-1.1');
    expect(mine.status).to.equal(200);
    expect(mine.html).to.include('+998 00 123 42 18').and.include('after consulting');
    const irina = await signedIn(served.base, 'irina');
    const [others, none] = [await ask(irina, '/calls/pbx1-1.1'), await ask(irina, '/calls/gone')];
    expect([others.status, none.status]).to.deep.equal([404, 404]);
    expect(others.html.replaceAll('pbx1-1.1', '')).to.include('No such call').and.not.include('998');
    const text = (html: string) => /<h1>.*?<\/p>/s.exec(html)?.[0];
    expect(text(others.html)).to.equal(text(none.html));
  });

  it('a supervisor reads all, numbers hidden; an administrator sees them', async () => {
    const sabir = await ask(await signedIn(served.base, 'sabir'), '/calls/pbx1-1.1');
    expect(sabir.html).to.include('+998 00 ••• 42 18').and.not.include('123 42 18').and.not.include('1234218');
    const admin = await ask(await signedIn(served.base, 'admin'), '/calls/pbx1-1.1');
    expect(admin.html).to.include('+998 00 123 42 18');
  });

  it('nobody without a login, and nothing at odd ids', async () => {
    const stranger = await ask(new Client(served.base), '/calls/pbx1-1.1');
    expect([stranger.status, stranger.to]).to.deep.equal([302, '/login?next=%2Fcalls%2Fpbx1-1.1']);
    const sabir = await signedIn(served.base, 'sabir');
    for (const id of ['gone', 'a%20b', 'x'.repeat(191), '%00', '%D1%8F'])
      expect((await ask(sabir, `/calls/${id}`)).status, id).to.equal(404);
    expect((await ask(sabir, '/calls/%E0%A4%A')).status).to.equal(400);
  });

  it('calls that became one have one page', async () => {
    const sabir = await signedIn(served.base, 'sabir');
    served.story = () => longStory('pbx1-the root');
    const joined = await ask(sabir, '/calls/pbx1-consult');
    expect([joined.status, joined.to]).to.deep.equal([302, '/calls/pbx1-the%20root']);
    served.story = (id) => longStory(id);
  });

  it('says honestly when the events of a call are gone', async () => {
    served.story = (id) => ({ ...lostStory(), call: { ...lostStory().call, id } });
    const { html, status } = await ask(await signedIn(served.base, 'sabir'), '/calls/pbx1-2');
    expect(status).to.equal(200);
    expect(html).to.include('The events of this call are no longer kept').and.include('The caller gave up');
    served.story = (id) => longStory(id);
  });

  it('writes what came from outside as text', async () => {
    const evil = longStory('pbx1-3');
    served.story = () => ({
      ...evil,
      call: { ...evil.call, name: '<script>alert(1)</script>', to: '"><b>', odd: ['<i>x'] },
    });
    const { html } = await ask(await signedIn(served.base, 'admin'), '/calls/pbx1-3');
    expect(html)
      .to.include('&lt;script&gt;alert(1)')
      .and.not.include('<script>alert')
      .and.not.include('"><b>')
      .and.not.include('<i>x');
    served.story = (id) => longStory(id);
  });
});
