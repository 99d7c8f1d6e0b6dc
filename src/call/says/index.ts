// What each kind of event says of a call, by family. Operators' own events (login, pause, …) and clicks say nothing of it.
import { BEGIN } from './begin.js';
import { DIAL } from './dial.js';
import { QUEUE } from './queue.js';
import { ROOM } from './room.js';
import type { Says } from './tools.js';
import { TRANSFER } from './transfer.js';

export const SAYS: Says = { ...BEGIN, ...DIAL, ...QUEUE, ...TRANSFER, ...ROOM };
