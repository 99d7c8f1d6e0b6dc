import { z } from 'zod';
import { action, endpoint, onPhone, optional } from './action.js';

const queue = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'is not the name of a queue');

/** Logs an operator in to queues: the named ones, else those the dialplan knows for the operator. */
export const login = action({
  verb: 'login',
  args: z.strictObject({
    operator: optional(endpoint),
    queues: z.array(queue).max(12, 'are more than 12').default([]),
  }),
  // A comma would end an AMI variable; the dialplan reads & as well.
  plan: ({ operator, queues }, user) =>
    onPhone('login', operator, user, queues.length === 0 ? {} : { __DH_QUEUES: queues.join('&') }),
});
