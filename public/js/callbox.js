// "Call or find": a number is called, a name finds a colleague. Lives outside the refreshed parts, so what is half
// typed stays.

import { icon } from './icon.js';
import { focusAll } from './keys.js';

const MOST = 7;
const NUMBER = /^\+?[\d*#][\d*#\s().-]*$/;
const fold = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** Whether a word of the name, or the number, begins with what is typed. */
const begins = ({ name, to }, wanted) => to.startsWith(wanted) || ` ${fold(name)}`.includes(` ${wanted}`);

function choices(text, me) {
  const wanted = fold(text.trim());
  if (wanted === '') return [];
  const found = [...document.querySelectorAll('#people tr[data-operator]')]
    .map((row) => row.dataset)
    .filter((one) => one.operator !== me && (fold(one.name).includes(wanted) || one.operator.startsWith(wanted)))
    .map((one) => ({ to: one.operator, name: one.name, word: one.word, css: one.css }))
    .sort((a, b) => Number(begins(b, wanted)) - Number(begins(a, wanted)));
  const exact = found.some((one) => one.to === wanted);
  const number = NUMBER.test(wanted) && !exact ? [{ to: text.trim(), name: null }] : [];
  return [...number, ...found].slice(0, MOST);
}

function option(choice, index, selected) {
  const line = document.createElement('li');
  line.id = `suggestion-${index}`;
  line.setAttribute('role', 'option');
  line.setAttribute('aria-selected', String(selected));
  const text = document.createElement('span');
  text.className = 'cut grow';
  text.textContent = choice.name === null ? `Call ${choice.to}` : `${choice.name} ${choice.to}`;
  line.append(icon('talking'), text);
  if (choice.name !== null) {
    line.append(
      Object.assign(document.createElement('span'), { className: `state ${choice.css}`, textContent: choice.word }),
    );
  }
  return line;
}

export function startCallbox(form, me, call, say) {
  const input = form.querySelector('input');
  const list = form.querySelector('ul');
  let shown = [];
  let at = 0;

  function draw() {
    list.replaceChildren(...shown.map((choice, index) => option(choice, index, index === at)));
    list.hidden = shown.length === 0;
    input.setAttribute('aria-expanded', String(shown.length > 0));
    if (shown.length > 0) input.setAttribute('aria-activedescendant', `suggestion-${at}`);
    else input.removeAttribute('aria-activedescendant');
  }
  function search() {
    shown = choices(input.value, me);
    at = 0;
    draw();
  }
  function close() {
    shown = [];
    draw();
  }
  function choose(choice) {
    input.value = '';
    close();
    call(choice.to, choice.name ?? undefined);
  }

  input.addEventListener('input', search);
  input.addEventListener('focus', search);
  input.addEventListener('blur', () => setTimeout(close, 150));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (shown.length === 0) input.blur();
      close();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && shown.length > 0) {
      event.preventDefault();
      at = (at + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
      draw();
    }
  });
  // mousedown, because the field's blur would close the list before a click arrives.
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const index = [...list.children].indexOf(event.target.closest('li'));
    if (shown[index]) choose(shown[index]);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (shown.length === 0) shown = choices(input.value, me);
    const choice = shown[at];
    if (choice) return choose(choice);
    if (input.value.trim() === '') return input.focus();
    say('failed', `“${input.value.trim()}” is no number, and no colleague is called so.`);
  });
  return { focus: () => focusAll(input) };
}
