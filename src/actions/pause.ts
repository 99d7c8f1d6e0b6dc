import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

/** Short plain text: it becomes an argument of PauseQueueMember(), and the dialplan keeps no other character. */
const reason = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/, 'is not a reason: 1 to 40 letters, digits, spaces, - or _')
  // app_queue knows a wrap-up by this reason: a pause of the same name would be taken for one.
  .refine((text) => text.toLowerCase() !== 'wrap_up', 'is not a reason: wrap_up is the time after a talk');

/** Pauses an operator in all queues; calls in progress go on. In a pause, another reason begins a new stretch of it. */
export const pause = action({
  verb: 'pause',
  args: z.strictObject({ operator: optional(endpoint), reason }),
  plan: (args, user) => onPhone('pause', args.operator, user, { __DH_REASON: args.reason }),
});
