// What both live pages start with.
import { startClock } from './clock.js';
import { startFresh } from './fresh.js';
import { startLive } from './live.js';
import { startMenus } from './menus.js';
import { startMorph } from './morph.js';

export function startPage() {
  startMorph();
  startFresh();
  startClock();
  startMenus();
  startLive();
}

/** Says something to screen readers, once. */
export function announce(id, text) {
  const place = document.getElementById(id);
  if (place && place.textContent !== text) place.textContent = text;
}
