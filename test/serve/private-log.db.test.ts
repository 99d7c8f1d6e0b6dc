// The log of a whole server at its usual level, through calls with hostile names and through all that can go wrong with them:
// nobody's number or name is in it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { type MariaDb, startMariaDb } from '../../scripts/lab/mariadb.js';
import { type Server, startServer } from '../../scripts/lab/server.js';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, formatLine } from '../../src/call/event.js';
import { dial, hangupAll } from '../agi/client.js';
import { eventsOf } from '../record/pieces.js';
import { Client } from '../web/serve.js';

const NUMBERS = ['5550177', '998001234567', '5550178'];
const NAMES = ['Zuhra', 'Мадина', 'Karimova', 'DROP TABLE', 'evil'];
/** As carriers and strangers send them. */
const HOSTILE = `Zuhra "Мадина" O'Karimova\n{"level":60,"msg":"evil"}'); DROP TABLE events;--`;

describe('the log of a server', function () {
  this.timeout(120_000);
  let maria: MariaDb;
  let server: Server;
  let folder: string;
  before(async () => {
    folder = temporaryFolder('private');
    mkdirSync(join(folder, 'spool'));
    maria = await startMariaDb();
  });
  afterEach(() => server.stop());
  after(async () => {
    hangupAll();
    await maria.remove();
    removeFolder(folder);
  });

  const start = async (level: string) => {
    server = await startServer({
      env: {
        ...{ DIALHOOK_DATABASE_URL: maria.url, DIALHOOK_LOG_LEVEL: level, DIALHOOK_LOG_PRETTY: 'false' },
        DIALHOOK_SPOOL_FILE: join(folder, 'spool', 'events'),
      },
    });
    return Number(server.agi.split(':')[1]);
  };
  const said = (text: string) =>
    until(() => server.child.output().includes(text), { what: `the log says "${text}"`, deadline: 15_000 });
  const personal = (event: CallEvent, suffix: string): string => {
    const { from, to, name } = { from: `+${NUMBERS[1]}`, to: NUMBERS[2], name: HOSTILE };
    return formatLine({
      ...{ ...event, v: 1, id: `${event.id}-${suffix}` },
      ...('from' in event && { from }),
      ...('to' in event && event.event === 'call' && { to }),
      ...('name' in event && { name }),
    });
  };
  const tell = (port: number, line: string) => dial({ port, request: '/event', args: [line], env: CALLER }).serve();
  const CALLER = { agi_callerid: NUMBERS[0] ?? '', agi_calleridname: HOSTILE.replace('\n', ' ') };

  async function play(port: number, suffix: string): Promise<void> {
    const events = eventsOf(['07', '16', '31'], 'pbx1', `-${suffix}`);
    for (const event of events) await tell(port, personal(event, suffix));
    // What can not be used: the wrong field holds what a caller said.
    const [first] = events;
    if (!first) throw new Error('no events');
    for (const wrong of [
      { direction: HOSTILE },
      { at: NUMBERS[0] },
      { event: `call ${NUMBERS[1]}` },
      { uniqueid: `${NAMES[0]} ${NUMBERS[0]}` },
    ]) {
      const fields = new URLSearchParams(personal(first, `${suffix}-w`));
      for (const [key, value] of Object.entries(wrong)) fields.set(key, value ?? '');
      await tell(port, fields.toString());
    }
    await dial({ port, request: '/lookup', args: [`number=${NUMBERS[0]}`], env: CALLER }).serve();
    await dial({ port, request: `/nowhere?number=${NUMBERS[0]}`, env: CALLER }).serve();
    await dial({
      port,
      request: '/event',
      args: [personal(first, `${suffix}-n`)],
      env: { agi_calleridname: `x\n\nagi_evil: ${NUMBERS[0]}` },
    })
      .serve()
      .catch(() => null);
    writeFileSync(
      join(folder, 'spool', 'events'),
      `${personal(first, `${suffix}-s`)}\nnothing of ours ${NUMBERS[0]} ${NAMES[0]}\n`,
    );
    await said('took the events that the dialplan had spooled');
  }

  async function browse(): Promise<void> {
    const password = /with the password\s+(\S+)/.exec(server.child.output())?.[1] ?? '';
    const client = new Client(server.web);
    await client.post('/login', {
      login: NUMBERS[0] ?? '',
      password: NAMES[0] ?? '',
      _token: await client.token('/login'),
    });
    expect((await client.signIn('admin', password)).status).to.equal(303);
    for (const path of [`/calls/${NUMBERS[0]}?name=${NAMES[0]}`, `/nowhere/${NUMBERS[0]}`]) await client.ask(path);
    const token = await client.token('/workstation');
    await client.post('/click', { _token: token, verb: 'call', operator: '101', to: `+${NUMBERS[1]}` });
    await said('"route":"/click"');
  }

  it('holds no number and no name of a caller at info, whatever goes wrong', async () => {
    const port = await start('info');
    await play(port, 'a');
    await browse();
    // The tables refuse what they are given, and searches fail.
    await maria.admin(
      'ALTER TABLE dialhook.rt_calls MODIFY caller_name VARCHAR(3); RENAME TABLE dialhook.clients TO dialhook.gone',
    );
    await play(port, 'b');
    await said('a batch was refused by the database');
    await maria.stop();
    await play(port, 'c');
    await said('database is away');
    await server.stop();
    const log = server.child.output();
    expect(log).to.contain('an event line can not be used');
    expect(log).to.contain('no script is registered under this path');
    for (const text of [...NUMBERS, ...NAMES]) {
      const at = log.indexOf(text);
      expect(at < 0 ? '' : log.slice(Math.max(0, at - 300), at + 100), `"${text}" stands in the log`).to.equal('');
    }
  });

  it('may hold them at debug, so this test could find them', async () => {
    await maria.start();
    await maria.admin('RENAME TABLE dialhook.gone TO dialhook.clients');
    const port = await start('debug');
    await play(port, 'd');
    await server.stop();
    expect(server.child.output()).to.contain(NUMBERS[0]);
  });
});
