// Pages that only say something: the clock and the menu.
import { startClock } from './clock.js';
import { startMenus } from './menus.js';

startMenus();
startClock();
