// The faults: this list and nothing else, in the order of the table.
import type { Nemesis } from '../nemesis.js';
import { kill, killSqlite } from './kill.js';

export const NEMESES: readonly Nemesis[] = [kill, killSqlite];
