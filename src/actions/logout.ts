import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

/** Logs an operator out of all queues. */
export const logout = action({
  verb: 'logout',
  args: z.strictObject({ operator: optional(endpoint) }),
  plan: ({ operator }, user) => onPhone('logout', operator, user),
});
