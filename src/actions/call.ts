import { z } from 'zod';
import { action, endpoint, optional } from './action.js';

/** Longer than the dialplan lets the operator's own phone ring (DH_CLICK_RING, 25 s): its word comes first. */
const RING_MS = 30_000;

/** People write numbers with spaces, dashes and parentheses. Nothing else is forgiven, least of all a line break. */
const number = z
  .string()
  .max(80, 'is too long')
  .transform((text) => text.replace(/[ \u00a0()-]/g, ''))
  .pipe(z.string().regex(/^(?:\+[0-9]{1,31}|[0-9*#]{1,32})$/, 'is not a number: 1 to 32 of 0-9 * #, or + and digits'));

/** Rings the user's own phone, and calls the number when it is picked up. Nobody calls from another's phone. */
export const call = action({
  verb: 'call',
  args: z.strictObject({ to: number, operator: optional(endpoint) }),
  plan({ to, operator }, user) {
    if (user.operator === '')
      return { why: 'role', error: 'You have no phone here: an administrator must link one to your login.' };
    if (operator !== '' && operator !== user.operator)
      return { why: 'role', error: 'You can call from your own phone only.' };
    return {
      operator: user.operator,
      target: to,
      channel: `Local/${user.operator}@dialhook-operator/n`,
      context: 'dialhook-actions',
      exten: 'call',
      callerId: `"" <${to}>`,
      timeoutMs: RING_MS,
      variables: { __DH_TO: to },
    };
  },
});
