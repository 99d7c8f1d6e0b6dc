// FreePBX records a call to a queue: its file is found where its own dialplan put it, is of that call, and is what the hook told.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';
import { readName } from '../../src/recordings/layout.js';
import { link } from '../../src/recordings/link.js';
import { scan } from '../../src/recordings/scan.js';
import { listeningIn } from '../../src/serve/listening.js';
import { recordingsOfCalls } from '../../src/store/recordings.js';
import { emptyDatabase, type TestDb } from '../store/databases.js';
import type { Centre } from '../stories/centre.js';
import { openFreepbxCentre, type Stand } from './centre.js';

describe('freepbx: a call that is recorded', function () {
  this.timeout(120_000);
  let database: TestDb;
  let centre: Centre & Stand;

  before(async () => {
    database = await emptyDatabase('sqlite');
    centre = await openFreepbxCentre(database.url, { record: true });
  });
  after(async () => {
    await centre?.stop();
    await database?.remove();
  });

  it('has its file, by name, by what the hook told, and to be heard when it is over', async () => {
    const root = join(centre.pbx.folder, 'spool/monitor');
    const files = () =>
      existsSync(root)
        ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.wav'))
        : [];
    const call = centre.trunk.call('5551000', { from: { number: '+998000000101' } });
    await call.answered();
    const [path = ''] = await until(() => (files().length > 0 ? files() : null), { what: 'a file below monitor' });
    const { db } = centre;
    await until(() => db.knex('rt_talks').first('call_id'), { what: 'somebody to talk', deadline: 15_000 });
    await scan({ db, pbx: 'pbx1', root });
    await link({ db, pbx: 'pbx1', since: 0 });
    const running = await listeningIn(db, root)?.of((await db.knex('recordings').pluck('call_id')) as string[]);
    expect(running?.map(({ state }) => state)).to.deep.equal(['growing']);
    await call.hangup();
    const done = await until(
      async () => (await db.knex('cdr_calls').first('call_id')) as { call_id: string } | undefined,
      {
        what: 'the call to be over',
      },
    );
    expect(readName(path)).to.include({ kind: 'queue', target: '400' });
    const told = (await db.knex('cdr_steps').where({ step: 'recording' }).pluck('what')) as string[];
    expect(told).to.include(path);
    const later = () => Date.now() + 120_000;
    await scan({ db, pbx: 'pbx1', root, now: later });
    const [found, ...more] = await recordingsOfCalls(db, [done.call_id]);
    expect(more).to.deep.equal([]);
    expect(found).to.include({ path, kind: 'queue', target: '400' });
    // The phones of the lab are silent; the file is whole all the same, with a header or more.
    expect(found?.state).to.be.oneOf(['whole', 'empty']);
    const opened = await listeningIn(db, root, later)?.open(found?.id ?? '');
    expect(opened).to.include({ state: 'open', type: 'audio/wav', call: done.call_id });
    if (opened?.state === 'open') await opened.file.close();
  });
});
