// Every verb a click can have, and nothing else: what is not in this list can't be asked for.
import { call } from './call.js';
import { done } from './done.js';
import { extend } from './extend.js';
import { hangup } from './hangup.js';
import { login } from './login.js';
import { logout } from './logout.js';
import { pause } from './pause.js';
import { unpause } from './unpause.js';

export const actions = { call, done, extend, hangup, login, logout, pause, unpause } as const;
export type Verb = keyof typeof actions;
