// The server under measurement: every limit at its default unless said below, a log that writes warnings, async scripts.
import pino from 'pino';
import fastagi from '../../src/agi/index.js';
import { serve } from '../lib/child.js';

// The backlog is the floor's, so that the generator's bursts meet the same kernel. Beside 10,000 idle sessions there
// must be room for those that are not.
const idle = process.argv.includes('--idle');
const app = fastagi({ log: pino({ level: 'warn' }), backlog: 512, ...(idle && { maxSessions: 12_000 }) });
app.agi('/event', async (channel) => {
  const { data } = await channel.getVariable('DH_CALL');
  await channel.setVariable('DH_ACK', data === null ? 0 : 1);
});
// As a hook that reads its argument, and waits for an answer of Asterisk.
app.agi('/idle', async (channel) => {
  await channel.setVariable('DH_ACK', channel.args.length);
});
const server = app.listen(0, () => serve(app.address(), () => own.splice(0)));

/** Our own part of the gap, in ms: from the answer's bytes to the write of the next command. Costs, so only on demand. */
const own: number[] = [];
if (process.argv.includes('--timed')) {
  server.prependListener('connection', (socket) => {
    let heard = 0;
    socket.prependListener('data', () => {
      heard = performance.now();
    });
    const write = socket.write.bind(socket);
    socket.write = (...args: unknown[]) => {
      own.push(performance.now() - heard);
      return (write as (...all: unknown[]) => boolean)(...args);
    };
  });
}
