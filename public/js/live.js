// The refresh: each live part asks once a second for what changed, says which version it has, and is morphed into what
// comes. A refresh that fails is tried again, later and later, until one works.
import { count, heard } from './clock.js';
import { fresh, showFresh, timersAt } from './fresh.js';

const EVERY_MS = 1_000;
const MOST_MS = 8_000;
const parts = [];
const listeners = [];

/** Calls back after each refresh that changed something. */
export function onChange(callback) {
  listeners.push(callback);
}

const after = (part, ms) => {
  clearTimeout(part.timer);
  part.timer = setTimeout(() => ask(part), ms);
};

function ask(part) {
  if (part.busy) return;
  part.busy = true;
  part.sentAt = Date.now();
  window.htmx.trigger(part.element, 'dialhook:refresh');
}

/** At once, for all parts: after a click, or when the page is looked at again. */
export function refreshNow() {
  for (const part of parts) after(part, 0);
}

function answered(part, xhr) {
  part.busy = false;
  const now = Number(xhr.getResponseHeader('Dialhook-Now'));
  if ((xhr.status !== 200 && xhr.status !== 304) || !now) return failed(part, xhr.status);
  if (xhr.status === 200) part.etag = xhr.getResponseHeader('ETag');
  heard(part.sentAt, now);
  if (part.main) {
    if (fresh.signedOut) void renewToken();
    Object.assign(fresh, {
      dataAt: Number(xhr.getResponseHeader('Dialhook-At')) || null,
      why: xhr.getResponseHeader('Dialhook-Why'),
      pbx: xhr.getResponseHeader('Dialhook-Pbx'),
      lag: Number(xhr.getResponseHeader('Dialhook-Lag')),
      journal: xhr.getResponseHeader('Dialhook-Journal') ?? '',
      ...{ failed: 0, nextTry: 0, signedOut: false },
    });
    showFresh();
  }
  part.failed = 0;
  after(part, Math.max(50, part.every - (Date.now() - part.sentAt)));
}

function failed(part, status) {
  part.failed += 1;
  const signedOut = status === 401;
  const wait = signedOut ? 5_000 : Math.min(MOST_MS, EVERY_MS * 2 ** (part.failed - 1));
  if (part.main) {
    Object.assign(fresh, { failed: part.failed, nextTry: Date.now() + wait, signedOut });
    showFresh();
  }
  after(part, wait);
}

/** Somebody signed in again elsewhere: forms of this page need the new session's token. */
async function renewToken() {
  const answer = await fetch('/session', { headers: { Accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) return;
  document.querySelector('meta[name="form-token"]')?.setAttribute('content', (await answer.json()).formToken);
}

const partOf = (event) => parts.find((part) => part.element === event.detail.elt);

export function startLive() {
  for (const element of document.querySelectorAll('[data-live]')) {
    const every = EVERY_MS * (Number(element.dataset.live) || 1);
    parts.push({ element, every, etag: null, failed: 0, busy: false, main: parts.length === 0, sentAt: 0, timer: 0 });
  }
  document.body.addEventListener('htmx:configRequest', (event) => {
    const part = partOf(event);
    if (part?.etag) event.detail.headers['If-None-Match'] = part.etag;
  });
  document.body.addEventListener('htmx:afterRequest', (event) => {
    const part = partOf(event);
    if (part) answered(part, event.detail.xhr);
  });
  document.body.addEventListener('htmx:afterSwap', (event) => {
    count(event.detail.elt, timersAt());
    for (const callback of listeners) callback(event.detail.elt);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refreshNow();
  });
  window.addEventListener('online', refreshNow);
  for (const part of parts) after(part, EVERY_MS);
}
