// What a refresh must leave alone: running times (counted here), open menus, rows hidden by a search, kept places.

import { show } from './clock.js';
import { timersAt } from './fresh.js';

const MOMENTS = ['data-since', 'data-until'];
const counts = (element) => MOMENTS.some((name) => element.hasAttribute(name));

function timer(old, fresh) {
  const changed = [...MOMENTS, 'max'].filter((name) => old.getAttribute(name) !== fresh.getAttribute(name));
  for (const name of changed) old.setAttribute(name, fresh.getAttribute(name));
  if (changed.length > 0) show(old, timersAt());
}

/** The same sort of running time: counted the same way, in the same element. */
const alike = (old, fresh) =>
  old.localName === fresh.localName && MOMENTS.every((name) => old.hasAttribute(name) === fresh.hasAttribute(name));

export function startMorph() {
  Object.assign(window.Idiomorph.defaults.callbacks, {
    beforeNodeMorphed(old, fresh) {
      if (!(old instanceof Element) || !(fresh instanceof Element)) return true;
      if (old.hasAttribute('data-kept')) return false;
      // The server says that nothing in this row has changed: most rows, most seconds.
      if (old.id === fresh.id && old.dataset.v !== undefined && old.dataset.v === fresh.dataset.v) return false;
      if (!counts(old) || !alike(old, fresh)) return true;
      timer(old, fresh);
      return false;
    },
    beforeAttributeUpdated(name, element) {
      if (name === 'open') return element.localName !== 'details';
      return !(name === 'hidden' && element.hasAttribute('data-find'));
    },
  });
}
