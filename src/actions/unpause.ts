import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

/** Ends an operator's pause. */
export const unpause = action({
  verb: 'unpause',
  args: z.strictObject({ operator: optional(endpoint) }),
  plan: ({ operator }, user) => onPhone('unpause', operator, user),
});
