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
app.listen(0, () => serve(app.address()));
