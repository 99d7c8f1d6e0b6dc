// The operator's workstation.
import { startCallbox } from './callbox.js';
import { send, showStep } from './click.js';
import { startKeys } from './keys.js';
import { onChange } from './live.js';
import { announce, startPage } from './page.js';

const byId = (id) => document.getElementById(id);
const people = byId('people');
const me = people?.dataset.me ?? '';

function say(level, text) {
  const place = byId('feedback');
  if (place) showStep(place, 'feedback', level, text);
}

/** Title and screen reader follow the state, not the second. */
let before = '';
function myState() {
  const now = byId('me')?.dataset.title;
  if (now === undefined) return;
  document.title = `${now} · Dialhook`;
  if (before !== '' && before !== now) announce('said', now);
  before = now;
}

/** The list of colleagues is the same for everybody; one's own line is hidden here. */
function hideMyself() {
  for (const row of people?.querySelectorAll('tr[data-operator]') ?? []) {
    if (row.dataset.operator === me && !row.hidden) row.hidden = true;
  }
}

function press(button) {
  const { verb, to, reason, call } = button.dataset;
  if (verb === 'hangup' && !call) return;
  button.closest('details.menu')?.removeAttribute('open');
  const args = { ...(to ? { to } : {}), ...(reason ? { reason } : {}), ...(call ? { call } : {}) };
  void send(verb, args, say, button.closest('tr[data-name]')?.dataset.name);
}

const pressKey = (selector) => () => {
  const button = document.querySelector(selector);
  if (!button || button.disabled) return false;
  button.click();
  return true;
};

function openPause() {
  const menu = byId('pause-menu');
  if (!menu) return false;
  menu.open = true;
  menu.querySelector('.item:enabled')?.focus();
  return true;
}

/** With the menu of reasons open, a digit takes the reason at that place, arrows move. */
function inPauseMenu(event) {
  const menu = byId('pause-menu');
  if (!menu?.open || event.ctrlKey || event.altKey || event.metaKey) return;
  const items = [...menu.querySelectorAll('.item')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    const open = items.filter((item) => !item.disabled);
    const turn = step === 1 ? 1 : open.length - 1;
    open[(Math.max(0, open.indexOf(document.activeElement)) + turn) % open.length]?.focus();
  } else if (/^[1-9]$/.test(event.key) && items[Number(event.key) - 1]) {
    event.preventDefault();
    items[Number(event.key) - 1].click();
  }
}

const box = byId('callbox');
const callbox = box && startCallbox(box, me, (to, name) => send('call', { to }, say, name), say);
document.addEventListener('keydown', inPauseMenu);
byId('main').addEventListener('click', (event) => {
  const button = event.target.closest('button[data-verb]');
  if (button) press(button);
});
startPage();
myState();
hideMyself();
onChange(() => {
  myState();
  hideMyself();
});
const hangup = pressKey('#hangup');
const done = pressKey('[data-key="d"]');
const ready = pressKey('[data-key="r"]');
startKeys({
  '/': () => callbox?.focus(),
  r: () => ready() || done(),
  d: done,
  e: pressKey('[data-key="e"]'),
  p: openPause,
  End: hangup,
  'shift+h': hangup,
});
