import { type Check, fail, ok } from './check.js';

/** The oldest node that the program runs on: `engines` of package.json. */
const NEEDED = [20, 19] as const;

export const node: Check = {
  name: 'node',
  needs: [],
  look({ probes }) {
    const [major = 0, minor = 0] = probes.node.split('.').map(Number);
    if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return ok(`node ${probes.node}`);
    return fail(`node ${probes.node} is too old`, `Install node ${NEEDED.join('.')} or newer.`);
  },
};
