// make demo: Dialhook with its embedded database and a simulated call centre. Needs nothing beside Node.
//   node --import tsx scripts/demo.ts [--seconds N] [--port N]
import { makeCast } from '../src/simulator/cast.js';
import { demoAccounts, prepareTables } from './demo/accounts.js';
import { choosePort, readOptions, step } from './demo/options.js';
import { build, runDemo, welcome } from './demo/run.js';
import { temporaryFolder } from './lab/leaving.js';
import { freePort } from './lab/ports.js';
import { startChild } from './lab/process.js';
import { dialhookCommand, startServer } from './lab/server.js';

const OPERATORS = 24;
const QUEUES = 4;
const CALLS_A_MINUTE = 16;

const options = readOptions(process.argv.slice(2));
await runDemo(options, async (closers) => {
  await step('built', build);
  const home = temporaryFolder('demo');
  const env = {
    DIALHOOK_DATA_DIR: home,
    DIALHOOK_AGI_PORT: String(await freePort()),
    DIALHOOK_WEB_PORT: String(await choosePort(options)),
    // What the server does not confirm in time is kept here, as a real dialplan keeps it.
    DIALHOOK_SPOOL_FILE: `${home}/events.spool`,
  };
  const cast = makeCast({ operators: OPERATORS, queues: QUEUES });
  const accounts = demoAccounts(cast.operators);
  const password = await step('made the tables and the logins', () =>
    prepareTables(env, `sqlite:${home}/dialhook.sqlite`, accounts, cast.queues),
  );
  const server = await step('started the server', () => startServer({ env, logFile: `${home}/dialhook.log` }));
  closers.push(() => server.stop());
  const story = ['--operators', OPERATORS, '--queues', QUEUES, '--rate', CALLS_A_MINUTE].map(String);
  const spool = ['--spool', env.DIALHOOK_SPOOL_FILE];
  const [program, args] = dialhookCommand(['simulate', '--agi', server.agi, ...spool, ...story]);
  const simulator = await startChild('dialhook simulate', program, args, { logFile: `${home}/simulate.log` });
  closers.push(() => simulator.stop());
  welcome(server.web, accounts, password, [
    `${OPERATORS} operators, ${QUEUES} queues, ${CALLS_A_MINUTE} calls a minute, all simulated; logs in ${home}`,
  ]);
  return [
    server.child.exited.then(() => `the server ended:\n${server.child.output().slice(-3000)}`),
    simulator.exited.then(() => `the simulator ended:\n${simulator.output().slice(-3000)}`),
  ];
});
