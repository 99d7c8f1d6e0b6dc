// What a refresh must leave alone: running times (counted here), open menus, rows hidden by a search, kept places.

import { write } from './clock.js';
import { running } from './duration.js';
import { timersAt } from './fresh.js';

function timer(old, fresh) {
  if (old.dataset.since === fresh.dataset.since) return;
  old.dataset.since = fresh.dataset.since;
  write(old, running(timersAt() - Number(old.dataset.since)));
}

export function startMorph() {
  Object.assign(window.Idiomorph.defaults.callbacks, {
    beforeNodeMorphed(old, fresh) {
      if (!(old instanceof Element) || !(fresh instanceof Element)) return true;
      if (old.hasAttribute('data-kept')) return false;
      // The server says that nothing in this row has changed: most rows, most seconds.
      if (old.id === fresh.id && old.dataset.v !== undefined && old.dataset.v === fresh.dataset.v) return false;
      if (!old.hasAttribute('data-since') || !fresh.hasAttribute('data-since')) return true;
      timer(old, fresh);
      return false;
    },
    beforeAttributeUpdated(name, element) {
      if (name === 'open') return element.localName !== 'details';
      return !(name === 'hidden' && element.hasAttribute('data-find'));
    },
  });
}
