// make demo-pbx: Dialhook with MariaDB, a real Asterisk 22 with the sample dialplan, and real SIP phones that call for ever.
//   node --import tsx scripts/demo-pbx.ts [--seconds N] [--port N]
import { makeCast, simulatedClients } from '../src/simulator/cast.js';
import { demoAccounts, prepareTables } from './demo/accounts.js';
import { startCrowd } from './demo/crowd.js';
import { choosePort, readOptions, step } from './demo/options.js';
import { build, runDemo, welcome } from './demo/run.js';
import { temporaryFolder } from './lab/leaving.js';
import { startMariaDb } from './lab/mariadb.js';
import { freePort } from './lab/ports.js';
import { OPERATORS, startSamplePbx } from './lab/sample-pbx.js';
import { startServer } from './lab/server.js';

const CALLS_A_MINUTE = 10;
/** Seconds a phone rings, and a caller waits at most. */
const [RING, WAIT] = ['12', '60'];
/** Seconds of wrap-up after a talk of a queue. */
const WRAPUP = 15;

const options = readOptions(process.argv.slice(2));
await runDemo(options, async (closers) => {
  await step('built', build);
  const home = temporaryFolder('demo');
  const agi = `127.0.0.1:${await freePort()}`;
  const db = await step('started MariaDB', startMariaDb);
  closers.push(() => db.remove());
  const values = { RING_SECONDS: RING, QUEUE_SECONDS: WAIT };
  const pbx = await step('started Asterisk 22', () => startSamplePbx({ version: '22', agi, values, rtpPorts: 400 }));
  closers.push(() => pbx.remove());
  await pbx.cli(`dialplan set global DH_WRAPUP ${WRAPUP}`);
  for (const operator of OPERATORS.slice(0, 4)) await pbx.cli(`dialplan set global VOICEMAIL_${operator} yes`);
  const env = {
    DIALHOOK_DATA_DIR: home,
    DIALHOOK_DATABASE_URL: db.url,
    DIALHOOK_PBX: pbx.pbx,
    DIALHOOK_AGI_PORT: agi.split(':')[1] ?? '',
    DIALHOOK_WEB_PORT: String(await choosePort(options)),
    DIALHOOK_SPOOL_FILE: pbx.spoolPath,
    DIALHOOK_CALL_PREFIXES: '998',
    DIALHOOK_AMI_HOST: '127.0.0.1',
    DIALHOOK_AMI_PORT: String(pbx.amiPort),
    DIALHOOK_AMI_USER: pbx.amiUser,
    DIALHOOK_AMI_SECRET: pbx.amiSecret,
  };
  const { operators: people, queues } = makeCast({ operators: OPERATORS.length, queues: 3 });
  const accounts = demoAccounts(people);
  const password = await step('made the tables and the logins', () => prepareTables(env, db.url, accounts, queues));
  const server = await step('started the server', () => startServer({ env, logFile: `${home}/dialhook.log` }));
  closers.push(() => server.stop());
  const crowd = await step(`registered ${OPERATORS.length} phones and logged the operators in`, async () => {
    const operators = await Promise.all(OPERATORS.map((user, i) => pbx.phone(user, { name: people[i]?.name ?? user })));
    const trunk = await pbx.trunk();
    const queueNumbers = ['5551000', '5551000', '5552000', '5553000'];
    const directNumbers = OPERATORS.map((user) => `5551${user}`);
    return startCrowd({
      operators,
      trunk,
      clients: simulatedClients(),
      queueNumbers,
      menuNumber: '5554000',
      directNumbers,
      callsAMinute: CALLS_A_MINUTE,
    });
  });
  closers.push(() => crowd.stop());
  const console = `${pbx.folder}/log/full`;
  welcome(server.web, accounts, password, [`logs: ${home}/dialhook.log, Asterisk: ${console}`]);
  return [server.child.exited.then(() => `the server ended:\n${server.child.output().slice(-3000)}`)];
});
