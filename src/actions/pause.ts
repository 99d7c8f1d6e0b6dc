import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

/** Short plain text: it becomes an argument of PauseQueueMember(), and the dialplan keeps no other character. */
const reason = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/, 'is not a reason: 1 to 40 letters, digits, spaces, - or _');

/** Pauses an operator in all queues; calls in progress go on. */
export const pause = action({
  verb: 'pause',
  args: z.strictObject({ operator: optional(endpoint), reason }),
  plan: (args, user) => onPhone('pause', args.operator, user, { __DH_REASON: args.reason }),
});
