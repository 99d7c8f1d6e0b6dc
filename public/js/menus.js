// Menus close when one looks elsewhere: a click outside, Escape, or the focus moving on.
import { keep, recall } from './kept.js';

const open = () => document.querySelectorAll('details.menu[open]');

function close(menu, back) {
  menu.open = false;
  if (back) menu.querySelector('summary')?.focus();
}

const WORDS = { null: 'system', light: 'light', dark: 'dark' };
const NEXT = { null: 'light', light: 'dark', dark: null };

function themes() {
  const word = document.getElementById('theme-word');
  if (!word) return;
  word.textContent = WORDS[recall('theme')] ?? 'system';
  document.getElementById('theme')?.addEventListener('click', () => {
    const next = NEXT[recall('theme')] ?? null;
    keep('theme', next);
    if (next === null) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    word.textContent = WORDS[next];
  });
}

export function startMenus() {
  themes();
  document.addEventListener('click', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) close(menu, false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of open()) {
      close(menu, menu.contains(document.activeElement));
      event.preventDefault();
    }
  });
  document.addEventListener('focusin', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) close(menu, false);
  });
}
