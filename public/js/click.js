// A click on its way: sent → confirmed by the PBX → done, or an honest failure. Nothing is called done before it is.
import { icon } from './icon.js';
import { refreshNow } from './live.js';

const LOOK_MS = 400;
/** How long an answer of the PBX is waited for, and how long after its word the effect is, ms. */
const PATIENCE_MS = 35_000;
const EFFECT_MS = 12_000;

const WORDS = {
  call: ({ to, name }) => `Call to ${name ?? to}`,
  hangup: () => 'Hang up',
  login: ({ name }) => `Log in${name ? ` ${name}` : ''}`,
  logout: ({ name }) => `Log out${name ? ` ${name}` : ''}`,
  pause: ({ name, reason }) => `Pause${name ? ` ${name}` : ''}: ${reason}`,
  unpause: ({ name }) => `Ready${name ? `: ${name}` : ''}`,
  done: ({ name }) => `End wrap-up${name ? ` of ${name}` : ''}`,
  extend: ({ name }) => `Longer wrap-up${name ? ` of ${name}` : ''}`,
};
let latest = 0;

const token = () => document.querySelector('meta[name="form-token"]')?.content ?? '';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function post(verb, args) {
  const answer = await fetch('/click', {
    method: 'POST',
    headers: { 'X-Form-Token': token(), Accept: 'application/json' },
    body: new URLSearchParams({ verb, ...args }),
  });
  if (answer.status === 401) return { state: 'failed', text: 'You are signed out. Nothing was done.' };
  return answer.json();
}

async function look(id) {
  const answer = await fetch(`/click/${encodeURIComponent(id)}`, { headers: { Accept: 'application/json' } });
  return answer.ok ? answer.json() : null;
}

/**
 * Sends a click and tells `say(level, text)` each step; level is sent, done or failed. `args` go to the server;
 * `name` only names somebody in the words.
 */
export async function send(verb, args, say, name) {
  const mine = ++latest;
  const tell = (level, text) => mine === latest && say(level, text);
  const what = WORDS[verb]({ ...args, ...(name ? { name } : {}) });
  tell('sent', `${what} · sending`);
  let click;
  try {
    click = await post(verb, args);
  } catch {
    return tell('failed', `${what} · no connection. It may not have been sent; look before you try again.`);
  }
  refreshNow();
  await follow(click, what, tell, () => mine === latest);
}

async function follow(first, what, tell, current) {
  let click = first;
  let until = Date.now() + PATIENCE_MS;
  let confirmed = false;
  for (;;) {
    if (click.state === 'failed' || click.state === 'expired')
      return tell('failed', `${what} · ${click.text || 'the PBX did not do it.'}`);
    if (click.state === 'done') return tell('done', `${what} · ${click.text || 'done'}`);
    if (click.state === 'confirmed' && !confirmed) {
      confirmed = true;
      until = Date.now() + EFFECT_MS;
      refreshNow();
      tell('done', `${what} · ${click.text || 'confirmed by the PBX'}`);
    } else if (!confirmed) tell('sent', `${what} · sent, waiting for the PBX`);
    if (!current() || !click.click) return;
    if (Date.now() > until)
      return confirmed || tell('failed', `${what} · no answer from the PBX. It is not known whether it happened.`);
    await pause(LOOK_MS);
    click = (await look(click.click).catch(() => null)) ?? click;
  }
}

const ICONS = { sent: 'sent', done: 'check', failed: 'warn' };

/** Fills an element with a step's sign and words. */
export function showStep(element, base, level, text) {
  element.className = `${base} ${level}`;
  element.replaceChildren(
    icon(ICONS[level]),
    Object.assign(document.createElement('span'), { textContent: text, className: 'cut' }),
  );
  element.title = text;
}
