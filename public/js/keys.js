// Keys: one each, listed by `?`, silent while somebody types, and single letters can be switched off.
import { keep, recall } from './kept.js';

const typing = (target) =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;

/** `keys`: name of a key → what it does; it answers false when it did nothing. */
export function startKeys(keys) {
  const help = document.getElementById('keys');
  const toggle = document.getElementById('keys-on');
  if (toggle) {
    toggle.checked = recall('keys') !== 'off';
    toggle.addEventListener('change', () => keep('keys', toggle.checked ? null : 'off'));
  }
  const all = { '?': () => help?.showModal(), ...keys };
  document.getElementById('show-keys')?.addEventListener('click', () => help?.showModal());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.repeat) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (event.key.length === 1 && recall('keys') === 'off') return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = all[event.shiftKey && name !== '?' ? `shift+${name}` : name];
    if (act && act(event) !== false) event.preventDefault();
  });
}

export function focusAll(input) {
  input.focus();
  input.select();
}
