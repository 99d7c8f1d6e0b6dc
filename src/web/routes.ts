// All routes on one page. Each declares the least role that may use it; `anyone` is said out loud.
import type { RequestHandler } from 'express';
import type { Role } from '../auth/users.js';
import type { RouteKind } from './guard.js';
import { click, clickState } from './pages/click.js';
import { colleaguesLive } from './pages/colleagues.js';
import { home } from './pages/home.js';
import { loginForm, loginTry } from './pages/login.js';
import { logout } from './pages/logout.js';
import { monitor, monitorLive } from './pages/monitor.js';
import { session } from './pages/session.js';
import { story } from './pages/story.js';
import { workstation, workstationLive } from './pages/workstation.js';
import type { Site } from './site.js';

export interface Route {
  method: 'get' | 'post';
  path: string;
  role: Role | 'anyone';
  kind: RouteKind;
  make(site: Site): RequestHandler | RequestHandler[];
}

export const ROUTES: readonly Route[] = [
  // The refresh: asked for once a second by everybody.
  { method: 'get', path: '/monitor/live', role: 'supervisor', kind: 'live', make: monitorLive },
  { method: 'get', path: '/workstation/live', role: 'operator', kind: 'live', make: workstationLive },
  { method: 'get', path: '/colleagues/live', role: 'operator', kind: 'live', make: colleaguesLive },

  // Pages.
  { method: 'get', path: '/', role: 'operator', kind: 'page', make: home },
  { method: 'get', path: '/monitor', role: 'supervisor', kind: 'page', make: monitor },
  { method: 'get', path: '/workstation', role: 'operator', kind: 'page', make: workstation },
  // Operators see the calls they took part in: that is judged by the page, as only the call tells.
  { method: 'get', path: '/calls/:id', role: 'operator', kind: 'page', make: story },

  // Coming and going.
  { method: 'get', path: '/login', role: 'anyone', kind: 'page', make: loginForm },
  { method: 'post', path: '/login', role: 'anyone', kind: 'page', make: loginTry },
  { method: 'post', path: '/logout', role: 'operator', kind: 'page', make: logout },
  { method: 'get', path: '/session', role: 'operator', kind: 'data', make: session },

  // Clicks.
  { method: 'post', path: '/click', role: 'operator', kind: 'data', make: click },
  { method: 'get', path: '/click/:id', role: 'operator', kind: 'data', make: clickState },
];
