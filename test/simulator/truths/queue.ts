// Calls into a queue.
import { answerAfter, rejectWith, ringOnly } from '../../../scripts/lab/phone.js';
import { stage } from '../stage.js';
import { calling, queued, ringing, type Truth, talkOf } from './truth.js';

export const QUEUE_TRUTHS: readonly Truth[] = [
  {
    name: 'the caller leaves a queue while a phone rings',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5552000
enter ch1 queue=support
position ch1 queue=support position=1 waiting=1
offer ch2 queue=support endpoint=101 dialler=ch1 device=not_inuse
offer ch3 queue=support endpoint=102 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=0 tech=SIP 180 Ringing
end ch3 side=callee endpoint=102 cause=0 tech=SIP 180 Ringing
end ch1 side=caller endpoint=trunk cause=0 by=ch1 abandoned=TRUE`,
    simulated: () => {
      const world = stage({
        queues: [{ name: 'support', strategy: 'ringall' }],
        operators: [
          { endpoint: '101', miss: 1 },
          { endpoint: '102', miss: 1 },
        ],
      });
      const made = queued(world, '5552000');
      world.go(2);
      made.stop();
      return world;
    },
    real: async (real) => {
      real.one.plan = ringOnly;
      real.two.plan = ringOnly;
      const made = calling(real, '5552000');
      await ringing(real, real.one, real.two);
      await made.hangup();
    },
  },
  {
    name: 'one of a ring-all answers, the caller hangs up',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5552000
enter ch1 queue=support
position ch1 queue=support position=1 waiting=1
offer ch2 queue=support endpoint=101 dialler=ch1 device=not_inuse
offer ch3 queue=support endpoint=102 dialler=ch1 device=not_inuse
end ch3 side=callee endpoint=102 cause=26 tech=SIP 180 Ringing
answer ch2 endpoint=101 queue=support dialler=ch1
end ch2 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch1
end ch1 side=caller endpoint=trunk cause=16 by=ch1`,
    simulated: () => {
      const world = stage({
        queues: [{ name: 'support', strategy: 'ringall' }],
        operators: [{ endpoint: '101' }, { endpoint: '102', miss: 1 }],
      });
      const made = queued(world, '5552000');
      world.go(3);
      made.stop();
      return world;
    },
    real: async (real) => {
      real.one.plan = answerAfter(300);
      real.two.plan = ringOnly;
      const made = calling(real, '5552000');
      await talkOf(real, real.one);
      await real.sleep(300);
      await made.hangup();
    },
  },
  {
    name: 'one of a ring-all refuses, the caller leaves',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5552000
enter ch1 queue=support
position ch1 queue=support position=1 waiting=1
offer ch2 queue=support endpoint=101 dialler=ch1 device=not_inuse
offer ch3 queue=support endpoint=102 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=17 tech=SIP 486 Busy Here by=ch2
end ch3 side=callee endpoint=102 cause=0 tech=SIP 180 Ringing
end ch1 side=caller endpoint=trunk cause=0 by=ch1 abandoned=TRUE`,
    simulated: () => {
      const world = stage({
        queues: [{ name: 'support', strategy: 'ringall' }],
        operators: [
          { endpoint: '101', reject: 1 },
          { endpoint: '102', miss: 1 },
        ],
      });
      const made = queued(world, '5552000');
      world.go(4);
      made.stop();
      return world;
    },
    real: async (real) => {
      real.one.plan = rejectWith(486, 300);
      real.two.plan = ringOnly;
      const from = real.one.log.events.length;
      const made = calling(real, '5552000');
      await real.one.waitFor('refusal_sent', undefined, from);
      await ringing(real, real.two);
      await made.hangup();
    },
  },
];
