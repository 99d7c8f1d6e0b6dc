// The server's clock in the browser. All running times on the page are moments that the server sent; they are counted
// here, all together, once a second, and they stand still when the data is too old to count on.
import { remaining, running } from './duration.js';

const root = document.documentElement;
let offset = Number(root.dataset.now) - Date.now();
let best = Number.POSITIVE_INFINITY;
let heardAt = 0;

export const serverNow = () => Date.now() + offset;

/** Takes an answer's clock. The one that travelled fastest tells it best; after a minute a new one may. */
export function heard(sentAt, now) {
  const travel = Date.now() - sentAt;
  if (travel > best && Date.now() - heardAt < 60_000) return;
  best = travel;
  heardAt = Date.now();
  offset = now + travel / 2 - Date.now();
}

/** Writes a text only where it differs, into the same text node: a selection survives, nothing is painted for nothing. */
export function write(element, text) {
  const node = element.firstChild;
  if (node?.nodeType === Node.TEXT_NODE && node === element.lastChild) {
    if (node.nodeValue !== text) node.nodeValue = text;
  } else element.textContent = text;
}

/** Writes one running time as it is at `now`: counted up from `data-since`, down to `data-until`, or as a bar that runs out. */
export function show(timer, now) {
  const { since, until } = timer.dataset;
  if (timer.localName === 'progress') timer.value = Math.max(0, Number(until) - now);
  else write(timer, until === undefined ? running(now - Number(since)) : remaining(Number(until) - now));
}

/** Writes all running times as they are at `now`. */
export function count(within = document, now = serverNow()) {
  for (const timer of within.querySelectorAll('[data-since], [data-until]')) show(timer, now);
}

const form = new Intl.DateTimeFormat('en-GB', {
  timeZone: root.dataset.zone || undefined,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
export const atClock = (at) => form.format(at);

const ticks = [];
/** Calls back once a second, when the server's second turns. */
export function onTick(callback) {
  ticks.push(callback);
}

function tick() {
  const clock = document.getElementById('clock');
  if (clock) write(clock, atClock(serverNow()));
  for (const callback of ticks) callback();
  if (root.dataset.fresh !== 'red') count();
  setTimeout(tick, 1005 - (serverNow() % 1000));
}

export function startClock() {
  tick();
}
