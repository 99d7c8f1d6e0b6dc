import { type Check, ok, warn } from './check.js';

/** Tried in the tests. */
const TRIED = ['16', '22'];
const RANGE = [16, 22] as const;

export const pbxVersion: Check = {
  name: 'pbx-version',
  needs: ['manager-rights'],
  async look({ manager }) {
    const settings = await (await manager()).action('CoreSettings');
    const version = settings.get('AsteriskVersion') ?? '';
    const major = Number(/^\D*(\d+)/.exec(version)?.[1] ?? Number.NaN);
    if (major >= RANGE[0] && major <= RANGE[1]) return ok(`Asterisk ${version}`);
    return warn(
      `Asterisk ${version || 'of an unknown version'}`,
      `Dialhook is made for ${RANGE.join(' to ')} and tried on ${TRIED.join(' and ')}: try the calls you need.`,
    );
  },
};
