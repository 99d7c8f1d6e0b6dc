// Find: hides what doesn't match, in this page only. Numbers are found however they are grouped.
import { focusAll } from './keys.js';

const fold = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
const digits = (text) => text.replace(/[\s()+.-]/g, '');

export function startFind(input) {
  const apply = () => {
    const wanted = fold(input.value.trim());
    const number = /^[\d\s()+.-]+$/.test(wanted) ? digits(wanted) : '';
    for (const one of document.querySelectorAll('[data-find]')) {
      const text = fold(one.textContent);
      const hit = wanted === '' || text.includes(wanted) || (number !== '' && digits(text).includes(number));
      if (one.hidden === hit) one.hidden = !hit;
    }
  };
  input.addEventListener('input', apply);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    input.value = '';
    apply();
    input.blur();
  });
  return { apply, focus: () => focusAll(input) };
}
