// FreePBX with and without the overlay, the server being well, dead, refusing or frozen: the same calls are played on all at once, and
// FreePBX's own dialplan must have done the same, line by line: announcements, voicemail block, recording, hangup. Its CDR too.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { wantedVersion } from '../../scripts/lab/asterisk-tree.js';
import { freepbxOf } from '../../scripts/lab/freepbx/pbx.js';
import { until } from '../../scripts/lab/wait.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import { play } from '../stories/play.js';
import type { Stage } from '../stories/playing.js';
import { BEFORE, CALLS, RUNS } from './calls.js';
import { openFreepbxCentre, openStand, type Stand } from './centre.js';
import { FOLLOW_ME, huntGroup, merged, NOBODY, queueLike400 } from './made.js';
import { didOf, differsFrom } from './steps.js';
import { kindsOf, openUnwell, UNWELL, type Unwell, type UnwellStand } from './unwell.js';

/** How much later than without the overlay the first phone may ring, ms. The hooks' own bound is 1 s; the rest is five PBXs at once. */
const LATER_MS: Record<'well' | Unwell, number> = { well: 900, dead: 900, refusing: 900, frozen: 2200 };
const VERSION = freepbxOf(wantedVersion());
const SITE = {
  ...{ ringSeconds: 3, waitSeconds: 2, parkSeconds: 30, record: true, mailbox: '102' },
  site: merged(huntGroup(VERSION, 1), queueLike400(VERSION, NOBODY)),
};

const stageOf = ({ phones, trunk, pbx }: Stand) =>
  ({ phones, trunk, console: (command: string) => pbx.cli(command) }) as unknown as Stage;

/** Plays one call and gives what the log says of it. */
async function played(stand: Stand, name: string): Promise<string> {
  const { pbx, phones, trunk } = stand;
  for (const phone of [...phones.values(), trunk]) phone.reset();
  // Nothing is known of the server: the first hook of the call finds out.
  await pbx.cli('dialplan set global DH_FROZEN ""');
  await pbx.cli('dialplan set global DH_SKIP 0');
  for (const command of BEFORE[name] ?? []) await pbx.cli(command);
  const from = pbx.log().length;
  await play(CALLS[name] ?? [], stageOf(stand));
  // A call begins some milliseconds after it was dialled, and is over when no channel is left.
  const over = async () => {
    const begun = pbx.log().includes('] pbx.c: Executing [', from);
    return begun && /^0 active channels/m.test(await pbx.cli('core show channels'));
  };
  await until(over, { what: 'the call is over', deadline: 20_000, every: 100 });
  return pbx.log().slice(from);
}

/** From the first line of the dialplan to the first phone that is rung, ms; null when none is. */
function delayOf(log: string): number | null {
  const at = (pattern: RegExp) => {
    const line = log.split('\n').find((one) => pattern.test(one));
    return line === undefined ? null : Date.parse(`${line.slice(1, 24).replace(' ', 'T')}Z`);
  };
  const [begun, rung] = [at(/ Executing \[/), at(/\] app_(dial|queue)\.c: Called /)];
  return begun === null || rung === null ? null : rung - begun;
}

/** Who takes a parked call stands in its CDR only if he was first in the bridge, with the overlay or without. */
const BY_CHANCE = /^(\S+ 101 from-did-direct PJSIP\/labtrunk )PJSIP\/103( Dial)$/;

/** Source, destination, channels, application and disposition of each CDR, without what is made new for each call. */
const cdrs = ({ pbx }: Stand): string[] =>
  readFileSync(join(pbx.folder, 'log/cdr-csv/Master.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('","'))
    .map(([, src, dst, context = '', , channel = '', other = '', app]) =>
      [src, dst, context.replace('dialhook-freepbx-pstn', 'from-pstn'), nameOf(channel), nameOf(other), app].join(' '),
    )
    .map((row) => row.replace(BY_CHANCE, '$1$2'))
    .sort();
const stepsOf = (log: string): string =>
  didOf(log)
    .flatMap((one) => one.steps)
    .join('\n');
const nameOf = (channel: string) => channel.replace(/-[0-9a-f]{8}/, '');

describe(`freepbx: its own behaviour with the overlay, on Asterisk ${wantedVersion()}`, function () {
  this.timeout(120_000);
  let bare: Stand;
  let well: Awaited<ReturnType<typeof openFreepbxCentre>>;
  const unwell = new Map<Unwell, UnwellStand>();
  let database: TestDb;

  before(async () => {
    database = await emptyDatabase('sqlite');
    bare = await openStand(SITE);
    well = await openFreepbxCentre(database.url, SITE);
    for (const how of UNWELL) unwell.set(how, await openUnwell(how, SITE));
    for (const { pbx } of [bare, well, ...unwell.values()])
      for (const [key, value] of Object.entries(FOLLOW_ME))
        await pbx.cli(`database put AMPUSER/102/followme ${key} ${value}`);
  });
  after(async () => {
    await Promise.allSettled([...unwell.values()].map((stand) => stand.stop()));
    await well?.stop();
    await bare?.pbx.remove();
    await database?.remove();
  });

  for (const name of Object.keys(CALLS)) {
    it(`runs the same lines in time: ${name}`, async () => {
      const stands = new Map<'well' | Unwell, Stand>([['well', well], ...unwell]);
      const plays = [...stands].map(async ([how, stand]) => [how, await played(stand, name)] as const);
      const [plain, logs] = await Promise.all([played(bare, name), Promise.all(plays)]);
      expect(didOf(plain)).to.have.length.greaterThan(0);
      expect(stepsOf(plain)).to.match(RUNS[name] ?? /./);
      for (const [how, log] of logs) {
        expect(differsFrom(didOf(plain), didOf(log)), how).to.equal('');
        const later = (delayOf(log) ?? 0) - (delayOf(plain) ?? 0);
        expect(later, `${how}: ms later`).to.be.lessThan(LATER_MS[how]);
      }
    });
  }

  it('writes the same CDR', () => {
    for (const [how, stand] of new Map<string, Stand>([['well', well], ...unwell]))
      expect(cdrs(stand), how).to.deep.equal(cdrs(bare));
  });

  it('asks its own FastAGI server the same', () => {
    for (const { pbx } of [well, ...unwell.values()]) expect(pbx.fastagi.asked).to.deep.equal(bare.pbx.fastagi.asked);
  });

  it('leaves the message of voicemail where it was', () => {
    for (const { pbx } of [bare, well, ...unwell.values()])
      expect(existsSync(join(pbx.folder, 'spool/voicemail/default/102/INBOX/msg0000.wav'))).to.equal(true);
  });

  it('tells the file of a recording as it lies below the recordings folder', async () => {
    const lines = (await well.db.knex('events').pluck('line')) as string[];
    const records = lines.filter((line) => /&event=record&/.test(line) && !/&source=ami\b/.test(line));
    const files = records.map((line) => new URLSearchParams(line).get('file') ?? '');
    expect(files).to.have.length(3);
    for (const file of files) expect(existsSync(join(well.pbx.folder, 'spool/monitor', file)), file).to.equal(true);
  });

  it('loses no event: what nobody took is in the spool', async () => {
    const lines = (await well.db.knex('events').pluck('line')) as string[];
    const told = kindsOf(lines.filter((line) => !/&source=ami\b/.test(line)));
    for (const [how, stand] of unwell) {
      const all = () => stand.spooled().join() === told.join();
      await until(all, { what: () => `${how}: ${told.join()}, not ${stand.spooled().join()}` });
    }
  });
});
