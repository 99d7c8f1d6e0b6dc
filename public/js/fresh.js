// How old the page is, in a pill and, when something is wrong, in a sentence. Values that are too old are greyed.
import { atClock, count, onTick, serverNow, write } from './clock.js';
import { icon } from './icon.js';

const AMBER_MS = 3_000;
const RED_MS = 10_000;
const root = document.documentElement;
const pill = document.getElementById('fresh');
const notices = document.getElementById('notices');

export const fresh = {
  dataAt: Number(pill?.dataset.at) || null,
  why: pill?.dataset.why ?? 'fine',
  pbx: pill?.dataset.pbx ?? 'off',
  lag: Number(pill?.dataset.lag) || 0,
  /** What the journal could not write: `refused,kept,dropped,at`; empty while all is well. */
  journal: pill?.dataset.journal ?? '',
  /** Refreshes that failed in a row, and when the next is tried (ms, this browser's clock). */
  failed: 0,
  nextTry: 0,
  signedOut: false,
};

const seconds = (ms) => (ms < 10_000 ? (Math.max(0, ms) / 1000).toFixed(1) : String(Math.round(ms / 1000)));

function age() {
  return fresh.dataAt === null ? Number.POSITIVE_INFINITY : serverNow() - fresh.dataAt;
}

function level() {
  if (fresh.dataAt === null && !fresh.signedOut) return 'none';
  const old = age();
  if (fresh.signedOut || old >= RED_MS) return 'red';
  return old >= AMBER_MS ? 'amber' : 'live';
}

/** The moment running times are counted to: now, or the last that is known of. */
export const timersAt = () => (level() === 'red' ? (fresh.dataAt ?? serverNow()) : serverNow());

function pillText(now) {
  if (fresh.signedOut) return 'signed out';
  if (fresh.dataAt === null) return 'no data yet';
  const old = age();
  if (now === 'live') return `live · ${seconds(old)} s`;
  if (old < 60_000) return `${seconds(old)} s old`;
  return old < 3_600_000 ? `${Math.floor(old / 60_000)} min old` : `${Math.floor(old / 3_600_000)} h old`;
}

/** The one sentence that matters most now: [level, text, link]; null when all is well. */
function sentence(now) {
  const last = fresh.dataAt === null ? '' : ` You see the values of ${atClock(fresh.dataAt)}.`;
  if (fresh.signedOut) return ['red', 'You are signed out. What you typed is still here.', '/login'];
  if (fresh.failed > 0 && (now !== 'live' || fresh.failed > 1)) {
    const wait = Math.max(0, Math.ceil((fresh.nextTry - Date.now()) / 1000));
    const again = wait > 0 ? `trying again in ${wait} s.` : 'trying again now.';
    return [now === 'red' ? 'red' : 'amber', `No connection to the server, ${again}${last}`];
  }
  if (fresh.why === 'starting')
    return ['amber', 'The server has just started and reads its tables for the first time.'];
  if (fresh.why === 'database' && now !== 'live')
    return [now, `The database does not answer. Calls go on, and what happens is kept.${last}`];
  if (fresh.why === 'reading' && now !== 'live') return [now, `The server cannot read its tables just now.${last}`];
  if (fresh.why === 'behind' && now !== 'live')
    return [now, `The tables are behind the phones: ${fresh.lag} events are still to be entered.${last}`];
  if (fresh.pbx === 'down')
    return ['amber', 'No connection to the PBX: buttons do not work now. Calls are still recorded.'];
  return null;
}

const events = (n) => (n === 1 ? '1 event' : `${n} events`);

/** What is lost, or in danger, because the server's disk is full or broken. It stays until the server is started anew. */
function journalSentence() {
  if (fresh.journal === '') return null;
  const [refused, kept, dropped, at] = fresh.journal.split(',').map(Number);
  const waiting = `Alarm: the disk of the server takes no events. Calls go on; ${events(kept)} in memory wait for room.`;
  const lost = `${events(dropped)} lost since the server was started, the last at ${atClock(at)}: calls of that time may be missing or incomplete.`;
  const tell = 'Tell the administrator.';
  if (dropped === 0) return ['red', `${waiting} ${tell}`];
  return refused ? ['red', `${waiting} ${lost} ${tell}`] : ['amber', `Events are missing: ${lost} ${tell}`];
}

let shown = '';
function showSentences(all) {
  const key = JSON.stringify(all);
  if (key === shown || !notices) return;
  shown = key;
  notices.replaceChildren(...all.map(notice));
}

function notice([now, text, link]) {
  const line = document.createElement('p');
  line.className = `notice ${now === 'red' ? 'red' : 'amber'}`;
  line.append(icon('warn'), Object.assign(document.createElement('span'), { textContent: text }));
  if (link) {
    const to = { href: link, target: '_blank', rel: 'opener', textContent: 'Sign in again' };
    line.append(Object.assign(document.createElement('a'), to));
  }
  return line;
}

let before = '';
export function showFresh() {
  const now = level();
  if (root.dataset.fresh !== now) {
    root.dataset.fresh = now;
    // Running times stop where the knowledge stops.
    if (now === 'red') count(document, timersAt());
  }
  if (pill) {
    if (pill.dataset.level !== now) pill.dataset.level = now;
    write(pill, pillText(now));
  }
  const alarm = journalSentence();
  showSentences([alarm, sentence(now)].filter((said) => said !== null));
  sayAlarm(alarm);
  if (before !== '' && before !== now) say(now);
  before = now;
}

let alarmed = false;
/** … and when events begin to be in danger, not each number after it. */
function sayAlarm(alarm) {
  const said = document.getElementById('alarm-said');
  if (alarm !== null && !alarmed && said) said.textContent = alarm[1];
  alarmed = alarm !== null;
}

/** Screen readers hear when the data goes stale and when it is live again, never the tick. */
function say(now) {
  const said = document.getElementById('said');
  if (said) said.textContent = now === 'live' ? 'The values are live.' : (sentence(now)?.[1] ?? 'The values are old.');
}

export function startFresh() {
  onTick(showFresh);
  showFresh();
}
