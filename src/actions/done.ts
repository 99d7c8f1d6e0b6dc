import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

/** Ends an operator's wrap-up now. A pause that was asked for in the meantime begins with it. */
export const done = action({
  verb: 'done',
  args: z.strictObject({ operator: optional(endpoint) }),
  plan: ({ operator }, user) => onPhone('done', operator, user),
});
