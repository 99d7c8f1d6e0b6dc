import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

/** Makes an operator's wrap-up longer, by as much as the dialplan's global DH_WRAPUP_EXTEND says: nobody sends a time of their own. */
export const extend = action({
  verb: 'extend',
  args: z.strictObject({ operator: optional(endpoint) }),
  plan: ({ operator }, user) => onPhone('extend', operator, user),
});
