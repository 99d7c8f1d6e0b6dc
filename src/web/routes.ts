// All routes on one page. Each names the least role that may use it, or the scope a token needs; `anyone` is said out loud.
import type { RequestHandler } from 'express';
import type { Scope } from '../auth/tokens.js';
import type { Role } from '../auth/users.js';
import { apiCall, apiCalls } from './api/calls.js';
import { apiClick, apiClickState } from './api/click.js';
import { apiLive } from './api/live.js';
import type { RouteKind } from './guard.js';
import { account, changePassword, signOutEverywhere } from './pages/account.js';
import { audit } from './pages/audit.js';
import { click, clickState } from './pages/click.js';
import { colleaguesLive } from './pages/colleagues.js';
import { home } from './pages/home.js';
import { loginForm, loginTry } from './pages/login.js';
import { logout } from './pages/logout.js';
import { monitor, monitorLive } from './pages/monitor.js';
import { keepRecordings, recording } from './pages/recording.js';
import { session } from './pages/session.js';
import { story } from './pages/story.js';
import { signOutUser, users } from './pages/users.js';
import { workstation, workstationLive } from './pages/workstation.js';
import type { Site } from './site.js';

export type Route = {
  method: 'get' | 'post';
  path: string;
  make(site: Site): RequestHandler | RequestHandler[];
} & ({ role: Role | 'anyone'; kind: Exclude<RouteKind, 'api'> } | { scope: Scope; kind: 'api' });

export const ROUTES: readonly Route[] = [
  // The refresh: asked for once a second by everybody.
  { method: 'get', path: '/monitor/live', role: 'supervisor', kind: 'live', make: monitorLive },
  { method: 'get', path: '/workstation/live', role: 'operator', kind: 'live', make: workstationLive },
  { method: 'get', path: '/colleagues/live', role: 'operator', kind: 'live', make: colleaguesLive },

  // Programs.
  { method: 'get', path: '/api/v1/live', scope: 'live:read', kind: 'api', make: apiLive },
  { method: 'get', path: '/api/v1/calls', scope: 'calls:read', kind: 'api', make: apiCalls },
  { method: 'get', path: '/api/v1/calls/:id', scope: 'calls:read', kind: 'api', make: apiCall },
  { method: 'post', path: '/api/v1/calls', scope: 'click:call', kind: 'api', make: apiClick },
  { method: 'get', path: '/api/v1/clicks/:id', scope: 'click:call', kind: 'api', make: apiClickState },

  // Pages.
  { method: 'get', path: '/', role: 'operator', kind: 'page', make: home },
  { method: 'get', path: '/monitor', role: 'supervisor', kind: 'page', make: monitor },
  { method: 'get', path: '/workstation', role: 'operator', kind: 'page', make: workstation },
  // Operators see the calls they took part in: that is judged by the page, as only the call tells.
  { method: 'get', path: '/calls/:id', role: 'operator', kind: 'page', make: story },
  { method: 'get', path: '/recordings/:id', role: 'supervisor', kind: 'data', make: recording },
  { method: 'post', path: '/calls/:id/keep', role: 'supervisor', kind: 'page', make: keepRecordings },

  // Who is in, and who did what.
  { method: 'get', path: '/users', role: 'administrator', kind: 'page', make: users },
  { method: 'post', path: '/users/:id/logout', role: 'administrator', kind: 'page', make: signOutUser },
  { method: 'get', path: '/audit', role: 'administrator', kind: 'page', make: audit },

  // Coming and going.
  { method: 'get', path: '/login', role: 'anyone', kind: 'page', make: loginForm },
  { method: 'post', path: '/login', role: 'anyone', kind: 'page', make: loginTry },
  { method: 'post', path: '/logout', role: 'operator', kind: 'page', make: logout },
  { method: 'get', path: '/account', role: 'operator', kind: 'page', make: account },
  { method: 'post', path: '/account/password', role: 'operator', kind: 'page', make: changePassword },
  { method: 'post', path: '/account/logout', role: 'operator', kind: 'page', make: signOutEverywhere },
  { method: 'get', path: '/session', role: 'operator', kind: 'data', make: session },

  // Clicks.
  { method: 'post', path: '/click', role: 'operator', kind: 'data', make: click },
  { method: 'get', path: '/click/:id', role: 'operator', kind: 'data', make: clickState },
];
