// FreePBX with and without the overlay: the same calls are played on both, and FreePBX's own dialplan must have done the same, line by
// line: announcements, voicemail block, recording, hangup. Its CDR too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { until } from '../../scripts/lab/wait.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { play } from '../stories/play.js';
import type { Stage } from '../stories/playing.js';
import { openFreepbxCentre, openStand, type Stand } from './centre.js';
import { didOf } from './steps.js';

/** Steps of test/stories/play.ts; `record` plays it with a queue that records. */
const CALLS: Record<string, string[]> = {
  'a queue: one member answers': [
    '+998000000101 dials 5551000',
    '101 rings',
    '102 answers after 0.5 s',
    '102 hangs up after 0.3 s',
  ],
  'a queue: the caller gives up': [
    '+998000000101 dials 5551000',
    '101 rings',
    '102 rings',
    'caller gives up after 1.5 s',
  ],
  'a queue: nobody answers in time': ['+998000000101 dials 5551000', '101 rings', '102 rejects'],
  'an inbound number to an extension': [
    '+998000000101 dials 5551001',
    '101 answers after 0.2 s',
    'caller hangs up after 0.2 s',
  ],
  'an unknown number': ['+998000000101 dials 5559999', 'caller gives up after 1.2 s'],
  'an extension': ['103 dials 101', '101 answers after 0.2 s', '101 hangs up after 0.2 s'],
  'an extension that is busy': ['103 dials 101', '101 is busy'],
  'an extension that is not there': ['103 dials 104'],
  'a ring group: one answers': [
    '+998000000101 dials 5551002',
    '101 rings',
    '102 answers after 0.3 s',
    '102 hangs up after 0.2 s',
  ],
  'to the outside': ['101 dials 9004912345', 'client answers after 0.2 s', 'client hangs up after 0.2 s'],
  'to the outside: busy': ['101 dials 9004912345', 'client is busy'],
  'to the outside: the trunk is down': ['101 dials 9004912345', 'client is out of order', 'caller gives up after 1 s'],
};

const stageOf = ({ phones, trunk }: Stand) => ({ phones, trunk }) as unknown as Stage;

/** Plays one call and gives what the log says of it. */
async function played(stand: Stand, steps: string[]): Promise<string> {
  const { pbx, phones, trunk } = stand;
  for (const phone of [...phones.values(), trunk]) phone.reset();
  const from = pbx.log().length;
  await play(steps, stageOf(stand));
  // A call begins some milliseconds after it was dialled, and is over when no channel is left.
  const over = async () => {
    const begun = pbx.log().includes('] pbx.c: Executing [', from);
    return begun && /^0 active channels/m.test(await pbx.cli('core show channels'));
  };
  await until(over, { what: 'the call is over', deadline: 15_000, every: 100 });
  return pbx.log().slice(from);
}

/** Source, destination, application and disposition of each CDR, without what is made new for each call. */
const cdrs = ({ pbx }: Stand): string[] =>
  readFileSync(join(pbx.folder, 'log/cdr-csv/Master.csv'), 'utf8')
    .split('\n')
    .map((line) => line.split('","'))
    .map(([, src, dst, , , channel = '', other = '', app, , , , , , disposition]) =>
      [src, dst, nameOf(channel), nameOf(other), app, disposition].join(' '),
    )
    .filter((line) => !line.includes('lab-astdb'))
    .sort();
const nameOf = (channel: string) => channel.replace(/-[0-9a-f]{8}/, '');

describe(`freepbx: its own behaviour with the overlay, on Asterisk ${wantedVersion()}`, function () {
  this.timeout(60_000);
  const times = { ringSeconds: 2, waitSeconds: 2, record: true };
  let bare: Stand;
  let overlaid: Awaited<ReturnType<typeof openFreepbxCentre>>;
  let database: TestDb;

  before(async () => {
    database = await emptyDatabase('sqlite');
    bare = await openStand(times);
    overlaid = await openFreepbxCentre(database.url, times);
  });
  after(async () => {
    await overlaid?.stop();
    await bare?.pbx.remove();
    await database?.remove();
  });

  for (const [name, steps] of Object.entries(CALLS)) {
    it(`runs the same lines: ${name}`, async () => {
      const [without, with_] = await Promise.all([played(bare, steps), played(overlaid, steps)]);
      expect(didOf(without)).to.have.length.greaterThan(0);
      expect(didOf(with_)).to.deep.equal(didOf(without));
    });
  }

  it('writes the same CDR', () => {
    expect(cdrs(overlaid)).to.deep.equal(cdrs(bare));
  });

  it('asks its own FastAGI server the same', () => {
    expect(overlaid.pbx.fastagi.asked).to.deep.equal(bare.pbx.fastagi.asked);
  });
});
