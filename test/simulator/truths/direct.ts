// Calls from outside straight to a phone, or to nowhere.
import { answerAfter, rejectWith, ringOnly } from '../../../scripts/lab/phone.js';
import { dialOperator, unrouted } from '../../../src/simulator/direct.js';
import { stage } from '../stage.js';
import { call, calling, direct, ringing, type Truth, talkOf } from './truth.js';

export const DIRECT_TRUTHS: readonly Truth[] = [
  {
    name: 'a direct call is refused',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=21 tech=SIP 603 Decline by=ch2
dialed ch1 status=CHANUNAVAIL cause=21
end ch1 side=caller endpoint=trunk cause=21 by=dialplan/builtin dialstatus=CHANUNAVAIL`,
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
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
answer ch2 endpoint=101 dialler=ch1
call ch3 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch3 to=5551101
ring ch4 endpoint=101 dialler=ch3 device=inuse
end ch4 side=callee endpoint=101 cause=17 tech=SIP 486 Busy Here by=ch4
dialed ch3 status=BUSY cause=17
end ch2 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch1
end ch3 side=caller endpoint=trunk cause=17 by=dialplan/builtin dialstatus=BUSY
end ch1 side=caller endpoint=trunk cause=16 by=ch1 dialstatus=ANSWER`,
    simulated: () => {
      const world = stage();
      const first = direct(world);
      world.go(2);
      direct(world);
      world.go(2);
      first.stop();
      return world;
    },
    real: async (real) => {
      real.one.plan = answerAfter(300);
      const first = calling(real, '5551101');
      await talkOf(real, real.one);
      real.one.plan = rejectWith(486, 300);
      await calling(real, '5551101').ended();
      await first.hangup();
    },
  },
  {
    name: 'a direct call is not answered',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=0 tech=SIP 180 Ringing
dialed ch1 status=NOANSWER cause=0
end ch1 side=caller endpoint=trunk cause=16 by=dialplan/builtin dialstatus=NOANSWER`,
    simulated: () => {
      const world = stage({ operators: [{ endpoint: '101', miss: 1 }] });
      direct(world);
      world.go(30);
      return world;
    },
    real: async (real) => {
      real.one.plan = ringOnly;
      await calling(real, '5551101').ended();
    },
  },
  {
    name: 'the caller of a direct call gives up',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=127 tech=SIP 180 Ringing
end ch1 side=caller endpoint=trunk cause=127 by=ch1 dialstatus=CANCEL`,
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
      await ringing(real, real.one);
      await made.hangup();
    },
  },
  {
    name: 'a direct call to a phone that is not registered',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5551107
dial ch1 to=5551107
dialed ch1 status=CHANUNAVAIL cause=3
end ch1 side=caller endpoint=trunk cause=3 by=dialplan/builtin dialstatus=CHANUNAVAIL`,
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
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
answer ch2 endpoint=101 dialler=ch1
end ch2 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch2
end ch1 side=caller endpoint=trunk cause=16 by=ch2 dialstatus=ANSWER`,
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
    name: 'a number that leads nowhere',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5559999
unrouted ch1 reason=unknown number to=5559999
end ch1 side=caller endpoint=trunk cause=34 by=ch1`,
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
];
