// The pages with made-up data, for looking at them: node --import tsx test/web/preview.ts [port] [busy|empty|crowd|stale|none]
import { createWeb } from '../../src/web/web.js';
import { fake, PASSWORD } from './fake.js';
import { busyDay, crowdedDay, emptyDay } from './fixtures.js';

const port = Number(process.argv[2] ?? 8099);
const scene = process.argv[3] ?? 'busy';
const stand = await fake();
stand.deps.config.viewCache = false;

// The day begins when the preview does; then people work: every few seconds somebody changes state.
const start = Date.now();
const states = ['ready', 'ringing', 'talking', 'ready', 'talking'] as const;
function step(): void {
  const now = Date.now();
  const made = scene === 'empty' ? emptyDay(start) : scene === 'crowd' ? crowdedDay(start, 60) : busyDay(start);
  made.operators.forEach((o, index) => {
    const turn = Math.floor((now - start) / 1000 / (7 + index));
    if (turn === 0 || o.state === 'offline' || index > 6) return;
    o.state = states[(turn + index) % states.length] ?? 'ready';
    o.since = start + turn * 1000 * (7 + index);
    if (o.state === 'ready') Object.assign(o, { call: '', party: '', partyName: '', queue: '', direction: '' });
  });
  stand.snapshot = scene === 'none' ? null : { ...made, at: scene === 'stale' ? start - 30_000 : now };
}
step();
setInterval(step, 1_000);
if (scene === 'stale') stand.failingSince = start;
createWeb(stand.deps).listen(port, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${port} · lola, irina, umida, sabir, admin · ${PASSWORD}`);
});
