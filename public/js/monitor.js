// The supervisor's monitor.
import { send, showStep } from './click.js';
import { startFind } from './find.js';
import { keep, recall } from './kept.js';
import { startKeys } from './keys.js';
import { onChange } from './live.js';
import { startOperatorDialog } from './operator.js';
import { announce, startPage } from './page.js';
import { startSound } from './sound.js';

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const find = startFind(byId('find'));
const sound = startSound(byId('sound'));

/** A note at the corner for each click; the last one stays a while. */
function toast(level, text) {
  const line = byId('toasts').firstElementChild ?? document.createElement('p');
  if (!line.isConnected) byId('toasts').append(line);
  showStep(line, 'toast', level, text);
  clearTimeout(toast.timer);
  if (level !== 'sent') toast.timer = setTimeout(() => line.remove(), level === 'failed' ? 12_000 : 5_000);
}

async function hangup(call, words) {
  const dialog = byId('confirm');
  byId('confirm-text').textContent = words;
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  if (dialog.returnValue === 'yes') await send('hangup', { call }, toast);
}

let red = new Set();
function alarms() {
  const tiles = [...document.querySelectorAll('.queue[data-level="red"], .queue[data-level="amber"]')];
  const now = new Set(tiles.filter((tile) => tile.dataset.level === 'red').map((tile) => tile.id));
  const fresh = tiles.filter((tile) => now.has(tile.id) && !red.has(tile.id));
  red = now;
  const level = now.size > 0 ? 'red' : tiles.length > 0 ? 'amber' : '';
  const count = byId('alarm-count');
  count.textContent = String(tiles.length);
  count.dataset.level = level;
  document.title = `${tiles.length > 0 ? `(${tiles.length}) ` : ''}Monitor · Dialhook`;
  return fresh.map((tile) => `${tile.querySelector('h2').textContent}: ${tile.querySelector('.why').textContent}`);
}

function toFirstAlarm() {
  const first = document.querySelector('.queue[data-level="red"], .queue[data-level="amber"]');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  first?.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  first?.focus({ preventScroll: true });
}

function density() {
  const dense = root.dataset.density !== 'dense';
  keep('density', dense ? 'dense' : null);
  if (dense) root.dataset.density = 'dense';
  else delete root.dataset.density;
  byId('density').setAttribute('aria-pressed', String(dense));
}

async function wall() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await root.requestFullscreen().catch(() => root.toggleAttribute('data-wall'));
}

document.addEventListener('fullscreenchange', () => {
  root.toggleAttribute('data-wall', document.fullscreenElement !== null);
  byId('wall').setAttribute('aria-pressed', String(document.fullscreenElement !== null));
});
byId('wall').addEventListener('click', wall);
byId('density').addEventListener('click', density);
byId('density').setAttribute('aria-pressed', String(recall('density') === 'dense'));
byId('alarms').addEventListener('click', toFirstAlarm);
byId('main').addEventListener('click', (event) => {
  const button = event.target.closest('button[data-verb="hangup"]');
  if (button) void hangup(button.dataset.call, button.dataset.ask);
});
const operator = startOperatorDialog(toast, hangup);

startPage();
alarms();
onChange(() => {
  find.apply();
  operator.refresh();
  const fresh = alarms();
  if (fresh.length === 0) return;
  sound.alarm();
  announce('alarm-said', `Alarm. ${fresh.join('. ')}`);
});
startKeys({ '/': find.focus, a: toFirstAlarm, w: wall, s: sound.toggle });
