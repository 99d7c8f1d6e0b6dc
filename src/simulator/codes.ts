// Pure. Feature codes of the operators' phones.
import type { SimChannel } from './pbx.js';
import type { Agent, World } from './world.js';

export const CODES = {
  login: '*45',
  logout: '*46',
  pause: '*471',
  unpause: '*48',
  done: '*49',
  extend: '*40',
} as const;

/** The operator dials a code: a short channel of its own, with no call event. */
export function dialCode({ pbx }: World, agent: Agent, code: keyof typeof CODES): SimChannel {
  const { endpoint, name } = agent.who;
  return pbx.start(endpoint, { number: endpoint, name, dnid: CODES[code] });
}
