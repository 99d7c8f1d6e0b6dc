// One operator of the monitor, looked at closely: who it is, with whom, and what a supervisor may do.
import { send } from './click.js';

const byId = (id) => document.getElementById(id);

function fill(tile) {
  const { operator, name, state, party, queues, day, call } = tile.dataset;
  byId('operator-name').textContent = `${name} · ${operator}`;
  byId('operator-face').textContent = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
  byId('operator-face').className = `face ${tile.querySelector('.state').classList[1]}`;
  const timer = tile.querySelector('.lasts').cloneNode(true);
  byId('operator-state').replaceChildren(tile.querySelector('.state').textContent, ' · ', timer);
  byId('operator-party').textContent = party || '—';
  byId('operator-queues').textContent = queues || '—';
  byId('operator-day').textContent = day;
  for (const act of byId('operator-acts').querySelectorAll('[data-when]')) {
    const fits = act.dataset.when.split(' ').includes(state) && (act.dataset.verb !== 'hangup' || call !== '');
    if (act.hidden === fits) act.hidden = !fits;
  }
}

export function startOperatorDialog(say, hangup) {
  const dialog = byId('operator');
  let shown = '';
  const tileNow = () => document.getElementById(shown);

  byId('main').addEventListener('click', (event) => {
    const tile = event.target.closest('.op');
    if (!tile) return;
    shown = tile.id;
    fill(tile);
    dialog.showModal();
  });
  byId('operator-acts').addEventListener('click', (event) => {
    const verb = event.target.closest('button[data-verb]')?.dataset.verb;
    const tile = tileNow();
    if (!verb || !tile) return;
    const { operator, name, call, party } = tile.dataset;
    dialog.close();
    if (verb === 'hangup') return hangup(call, `${name} · ${party || 'a call'}`);
    const reason = verb === 'pause' ? { reason: byId('operator-reason').value } : {};
    return send(verb, { operator, ...reason }, say, name);
  });
  // A click beside the dialog closes it.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  return {
    refresh() {
      const tile = tileNow();
      if (!dialog.open) return;
      if (tile) fill(tile);
      else dialog.close();
    },
  };
}
