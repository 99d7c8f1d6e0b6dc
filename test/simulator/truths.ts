// What a real Asterisk with the sample PBX sends for one call each, and how the simulator is brought to the same call.
// The unit test holds the simulator against it, the PBX test holds Asterisk against it.

import type { Phone } from '../../scripts/lab/phone.js';
import { answerAfter, rejectWith, ringOnly } from '../../scripts/lab/phone.js';
import type { SamplePbx } from '../../scripts/lab/sample-pbx.js';
import { fromOperator, inbound } from '../../src/simulator/arrivals.js';
import { dialOperator, dialOut, unrouted } from '../../src/simulator/direct.js';
import { enterQueue } from '../../src/simulator/queue.js';
import { code } from '../../src/simulator/shift.js';
import type { LiveCall } from '../../src/simulator/world.js';
import { type Stage, stage } from './stage.js';

/** Phones that are registered, 101 and 102 logged in to sales (one rings) and support (all ring), and the outside world. */
export interface Real {
  pbx: SamplePbx;
  one: Phone;
  two: Phone;
  trunk: Phone;
  sleep(ms: number): Promise<void>;
}

export interface Truth {
  name: string;
  says: string;
  simulated(): Stage;
  real(real: Real): Promise<void>;
}

const CALLER = { number: '+998001234567', name: '', company: '', vip: false };
const call = (world: Stage, to: string): LiveCall => inbound(world, CALLER, to);
const calling = ({ trunk }: Real, to: string) => trunk.call(to, { from: { number: CALLER.number } });

function queued(world: Stage, to: string): LiveCall {
  const made = call(world, to);
  const [queue] = world.cast.queues;
  if (queue !== undefined) enterQueue(world, made, queue, false);
  return made;
}

function direct(world: Stage): LiveCall {
  const made = call(world, '5551101');
  dialOperator(world, made, world.agent('101'), '5551101');
  return made;
}

export const TRUTHS: readonly Truth[] = [
  {
    name: 'the caller leaves a queue while a phone rings',
    says: `
call ch1 direction=in from=+998001234567 to=5552000 trunk=trunk
enter ch1 queue=support
offer ch2 endpoint=101 queue=support
offer ch3 endpoint=102 queue=support
end ch2 cause=0 endpoint=101 side=callee tech=SIP 180 Ringing
end ch3 cause=0 endpoint=102 side=callee tech=SIP 180 Ringing
end ch1 abandoned=TRUE by=ch1 cause=0 endpoint=trunk side=caller`,
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
      await real.sleep(2000);
      await made.hangup();
    },
  },
  {
    name: 'one of a ring-all answers, the caller hangs up',
    says: `
call ch1 direction=in from=+998001234567 to=5552000 trunk=trunk
enter ch1 queue=support
offer ch2 endpoint=101 queue=support
offer ch3 endpoint=102 queue=support
end ch3 cause=26 endpoint=102 side=callee tech=SIP 180 Ringing
answer ch2 endpoint=101 queue=support
end ch2 by=ch1 cause=16 endpoint=101 side=callee tech=SIP 200 OK
end ch1 by=ch1 cause=16 endpoint=trunk side=caller`,
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
      await real.sleep(2500);
      await made.hangup();
    },
  },
  {
    name: 'one of a ring-all refuses, the caller leaves',
    says: `
call ch1 direction=in from=+998001234567 to=5552000 trunk=trunk
enter ch1 queue=support
offer ch2 endpoint=101 queue=support
offer ch3 endpoint=102 queue=support
end ch2 by=ch2 cause=17 endpoint=101 side=callee tech=SIP 486 Busy Here
end ch3 cause=0 endpoint=102 side=callee tech=SIP 180 Ringing
end ch1 abandoned=TRUE by=ch1 cause=0 endpoint=trunk side=caller`,
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
      const made = calling(real, '5552000');
      await real.sleep(2000);
      await made.hangup();
    },
  },
  {
    name: 'a direct call is refused',
    says: `
call ch1 direction=in from=+998001234567 to=5551101 trunk=trunk
dial ch1 to=5551101
ring ch2 endpoint=101
end ch2 by=ch2 cause=21 endpoint=101 side=callee tech=SIP 603 Decline
dialed ch1 cause=21 status=CHANUNAVAIL
end ch1 by=dialplan/builtin cause=21 dialstatus=CHANUNAVAIL endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage({ operators: [{ endpoint: '101', reject: 1 }] });
      direct(world);
      world.go(10);
      return world;
    },
    real: async (real) => {
      real.one.plan = rejectWith(603, 300);
      await calling(real, '5551101').ended();
    },
  },
  {
    name: 'a direct call finds the phone busy',
    says: `
call ch1 direction=in from=+998001234567 to=5551101 trunk=trunk
dial ch1 to=5551101
ring ch2 endpoint=101
end ch2 by=ch2 cause=17 endpoint=101 side=callee tech=SIP 486 Busy Here
dialed ch1 cause=17 status=BUSY
end ch1 by=dialplan/builtin cause=17 dialstatus=BUSY endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage();
      world.agent('101').busy = true;
      direct(world);
      world.go(10);
      return world;
    },
    real: async (real) => {
      real.one.plan = rejectWith(486, 300);
      await calling(real, '5551101').ended();
    },
  },
  {
    name: 'a direct call is not answered',
    says: `
call ch1 direction=in from=+998001234567 to=5551101 trunk=trunk
dial ch1 to=5551101
ring ch2 endpoint=101
end ch2 cause=0 endpoint=101 side=callee tech=SIP 180 Ringing
dialed ch1 cause=0 status=NOANSWER
end ch1 by=dialplan/builtin cause=16 dialstatus=NOANSWER endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage({ operators: [{ endpoint: '101', miss: 1 }] });
      direct(world);
      world.go(30);
      return world;
    },
    real: async (real) => {
      real.one.plan = ringOnly;
      await calling(real, '5551101').ended(9000);
    },
  },
  {
    name: 'the caller of a direct call gives up',
    says: `
call ch1 direction=in from=+998001234567 to=5551101 trunk=trunk
dial ch1 to=5551101
ring ch2 endpoint=101
end ch2 cause=127 endpoint=101 side=callee tech=SIP 180 Ringing
end ch1 by=ch1 cause=127 dialstatus=CANCEL endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage({ operators: [{ endpoint: '101', miss: 1 }] });
      const made = direct(world);
      world.go(2);
      made.stop();
      return world;
    },
    real: async (real) => {
      real.one.plan = ringOnly;
      const made = calling(real, '5551101');
      await real.sleep(1500);
      await made.hangup();
    },
  },
  {
    name: 'a direct call to a phone that is not registered',
    says: `
call ch1 direction=in from=+998001234567 to=5551107 trunk=trunk
dial ch1 to=5551107
dialed ch1 cause=3 status=CHANUNAVAIL
end ch1 by=dialplan/builtin cause=3 dialstatus=CHANUNAVAIL endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage({ chance: 0.4, operators: [{ endpoint: '107', online: false }] });
      dialOperator(world, call(world, '5551107'), world.agent('107'), '5551107');
      world.go(10);
      return world;
    },
    real: async (real) => {
      await calling(real, '5551107').ended();
    },
  },
  {
    name: 'a direct call is answered, the operator hangs up',
    says: `
call ch1 direction=in from=+998001234567 to=5551101 trunk=trunk
dial ch1 to=5551101
ring ch2 endpoint=101
answer ch2 endpoint=101
end ch2 by=ch2 cause=16 endpoint=101 side=callee tech=SIP 200 OK
end ch1 by=ch2 cause=16 dialstatus=ANSWER endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage({ chance: 0.7 });
      direct(world);
      world.go(150);
      return world;
    },
    real: async (real) => {
      real.one.plan = answerAfter(300);
      const made = calling(real, '5551101');
      await made.answered();
      await real.sleep(500);
      for (const ringing of real.one.calls()) await ringing.hangup();
    },
  },
  {
    name: 'an operator calls a number that there is not',
    says: `
call ch1 direction=out endpoint=102 from=102 to=+998001111111
dial ch1 to=+998001111111 trunk=trunk
ring ch2 endpoint=trunk
end ch2 by=ch2 cause=1 endpoint=trunk side=callee tech=SIP 404 Not Found
dialed ch1 cause=1 status=CHANUNAVAIL
end ch1 by=ch1 cause=34 dialstatus=CHANUNAVAIL endpoint=102 side=caller`,
    simulated: () => {
      const world = stage({ chance: 0.25 });
      dialOut(world, fromOperator(world, world.agent('102'), '+998001111111', 'out'), '+998001111111');
      world.go(30);
      return world;
    },
    real: async (real) => {
      real.trunk.plan = rejectWith(404, 100);
      await real.two.call('+998001111111').ended();
    },
  },
  {
    name: 'an operator calls out, talks and hangs up',
    says: `
call ch1 direction=out endpoint=102 from=102 to=+998001111111
dial ch1 to=+998001111111 trunk=trunk
ring ch2 endpoint=trunk
answer ch2 endpoint=trunk
end ch2 by=ch1 cause=16 endpoint=trunk side=callee tech=SIP 200 OK
end ch1 by=ch1 cause=16 dialstatus=ANSWER endpoint=102 side=caller`,
    simulated: () => {
      const world = stage();
      const made = fromOperator(world, world.agent('102'), '+998001111111', 'out');
      dialOut(world, made, '+998001111111');
      world.go(12);
      made.stop();
      return world;
    },
    real: async (real) => {
      real.trunk.plan = answerAfter(300);
      const made = real.two.call('+998001111111');
      await made.answered();
      await real.sleep(500);
      await made.hangup();
    },
  },
  {
    name: 'an operator calls a colleague',
    says: `
call ch1 direction=internal endpoint=102 from=102 to=101
dial ch1 to=101
ring ch2 endpoint=101
answer ch2 endpoint=101
end ch2 by=ch1 cause=16 endpoint=101 side=callee tech=SIP 200 OK
end ch1 by=ch1 cause=16 dialstatus=ANSWER endpoint=102 side=caller`,
    simulated: () => {
      const world = stage();
      const made = fromOperator(world, world.agent('102'), '101', 'internal');
      dialOperator(world, made, world.agent('101'), '101');
      world.go(5);
      made.stop();
      return world;
    },
    real: async (real) => {
      real.one.plan = answerAfter(300);
      const made = real.two.call('101');
      await made.answered();
      await real.sleep(500);
      await made.hangup();
    },
  },
  {
    name: 'a number that leads nowhere',
    says: `
call ch1 direction=in from=+998001234567 to=5559999 trunk=trunk
unrouted ch1 reason=unknown number to=5559999
end ch1 by=ch1 cause=34 endpoint=trunk side=caller`,
    simulated: () => {
      const world = stage();
      unrouted(world, call(world, '5559999'), '5559999');
      world.go(5);
      return world;
    },
    real: async (real) => {
      await calling(real, '5559999').ended();
    },
  },
  {
    name: 'a pause and its end, by the feature codes of a phone',
    says: `
pause ch1 operator=101 reason=break
unpause ch2 operator=101`,
    simulated: () => {
      const world = stage();
      code(world, world.agent('101'), 'pause', { reason: 'break' });
      code(world, world.agent('101'), 'unpause', {});
      return world;
    },
    real: async (real) => {
      for (const dialled of ['*471', '*48']) {
        const made = real.one.call(dialled);
        await real.sleep(700);
        await made.hangup().catch(() => {});
      }
    },
  },
];

export const tableOf = (truth: Truth): string[] => truth.says.trim().split('\n');
