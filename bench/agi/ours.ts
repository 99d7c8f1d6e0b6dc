// The server under measurement: all limits at their defaults, a log that writes warnings, one async script.
import pino from 'pino';
import fastagi from '../../src/agi/index.js';
import { serve } from './child.js';

// The floor has no limit of connections either; the backlog is raised so that the generator's bursts are not dropped.
const app = fastagi({ log: pino({ level: 'warn' }), backlog: 512, maxSessions: 20_000, thinkMs: 120_000 });
app.agi('/event', async (channel) => {
  const { data } = await channel.getVariable('DH_CALL');
  await channel.setVariable('DH_ACK', data === null ? 0 : 1);
});
app.agi('/idle', () => {});
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
