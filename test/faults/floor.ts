// The floor: the least FastAGI server there can be, in a process of its own, asked all the time beside ours. It confirms a line when
// the line is on the disk, as ours does. What it makes its callers wait is the machine's doing, so it is what a busy machine may add
// to a budget.
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '../../scripts/lab/leaving.js';
import { startChild } from '../../scripts/lab/process.js';
import { until } from '../../scripts/lab/wait.js';
import { callAgi } from '../../src/simulator/agi-client.js';

const SERVER = `
const fs = require('node:fs');
const file = fs.openSync(process.argv[1], 'a');
const confirm = (socket) => fs.write(file, 'x'.repeat(400), () => fs.fdatasync(file, () => socket.write('SET VARIABLE "DH_ACK" "1"\\n')));
const server = require('node:net').createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.on('error', () => {}).on('data', (bytes) => {
    text += bytes;
    if (text.endsWith('200 result=1\\n')) socket.end();
    else if (text.endsWith('\\n\\n')) confirm(socket);
  });
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;
const EVERY_MS = 40;

export interface Floor {
  /** The longest that a caller of the floor waited so far, ms. */
  worst(): number;
  stop(): Promise<void>;
}

export async function startFloor(): Promise<Floor> {
  const folder = temporaryFolder('floor');
  const child = await startChild('floor', process.execPath, ['-e', SERVER, join(folder, 'lines')], {
    background: true,
  });
  const port = Number(await until(() => /port (\d+)/.exec(child.output())?.[1], { what: 'the floor listens' }));
  const channel = { name: 'PJSIP/floor-1', uniqueid: '1.1', number: '', callerName: '', dnid: '' };
  const request = { host: '127.0.0.1', port, path: 'event', args: ['x'.repeat(300)], channel };
  let worst = 0;
  const ask = async () => {
    const outcome = await callAgi({ ...request, context: 'floor', extension: 's', priority: 1 }).outcome;
    if (outcome.status === 'SUCCESS') worst = Math.max(worst, outcome.ms);
  };
  const timer = setInterval(() => void ask(), EVERY_MS);
  return {
    worst: () => worst,
    async stop() {
      clearInterval(timer);
      await child.kill();
      removeFolder(folder);
    },
  };
}
