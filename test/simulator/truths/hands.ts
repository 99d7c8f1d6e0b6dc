// Callers whom the operator of a queue hands on. 105 alone works in billing; 101 does not.
import { answerAfter, rejectWith, ringOnly } from '../../../scripts/lab/phone.js';
import { park } from '../../../src/simulator/parking.js';
import { consult, transferTo, transferToQueue } from '../../../src/simulator/transfer.js';
import type { Stage } from '../stage.js';
import { billing, calling, direct, queued, type Real, shows, type Truth, talkOf } from './truth.js';

/** The operator who has talked enough does this, once. */
function instead(world: Stage, act: (talk: Parameters<Stage['handOn']>[0]) => void): Stage {
  world.handOn = (talk) => {
    world.handOn = () => false;
    act(talk);
    return true;
  };
  return world;
}

/** So much chance that it is always the operator who ends a talk. */
const OPERATOR_ENDS = 0.7;

/** 105 answers a caller of billing; gives both ends. */
async function talking(real: Real) {
  real.five.plan = answerAfter(300);
  real.one.plan = answerAfter(300);
  const caller = calling(real, '5553000');
  const own = await talkOf(real, real.five);
  await real.sleep(300);
  return { caller, own };
}

const begins = `
call ch1 direction=in trunk=trunk from=+998001234567 to=5553000
enter ch1 queue=billing
position ch1 queue=billing position=1 waiting=1
offer ch2 queue=billing endpoint=105 dialler=ch1 device=not_inuse
answer ch2 endpoint=105 queue=billing dialler=ch1`;

export const HANDS_TRUTHS: readonly Truth[] = [
  {
    name: 'a blind transfer to a colleague',
    says: `${begins}
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK blind=ch1
transfer ch1 kind=blind result=ok by=ch2 to=101
dial ch1 to=101
ring ch3 endpoint=101 dialler=ch1 device=not_inuse
answer ch3 endpoint=101 dialler=ch1
end ch3 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch3
end ch1 side=caller endpoint=trunk cause=16 by=ch3 dialstatus=ANSWER`,
    simulated: () => {
      const world = billing(OPERATOR_ENDS);
      instead(world, (talk) => transferTo(world, talk, world.agent('101')));
      queued(world, '5553000');
      world.go(200);
      return world;
    },
    real: async (real) => {
      const { own } = await talking(real);
      await own.transfer('101');
      await (await talkOf(real, real.one)).hangup();
    },
  },
  {
    name: 'a blind transfer that nobody answers comes back',
    says: `${begins}
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK blind=ch1
transfer ch1 kind=blind result=ok by=ch2 to=101
dial ch1 to=101
ring ch3 endpoint=101 dialler=ch1 device=not_inuse
end ch3 side=callee endpoint=101 cause=0 tech=SIP 180 Ringing
dialed ch1 status=NOANSWER cause=16
transfer ch1 kind=blind result=returned by=ch2 to=105
dial ch1 to=105
ring ch4 endpoint=105 dialler=ch1 device=not_inuse
answer ch4 endpoint=105 dialler=ch1
end ch4 side=callee endpoint=105 cause=16 tech=SIP 200 OK by=ch4
end ch1 side=caller endpoint=trunk cause=16 by=ch4 dialstatus=ANSWER`,
    simulated: () => {
      const world = billing(OPERATOR_ENDS, { endpoint: '101', miss: 1 });
      instead(world, (talk) => transferTo(world, talk, world.agent('101')));
      queued(world, '5553000');
      world.go(300);
      return world;
    },
    real: async (real) => {
      const { own } = await talking(real);
      real.one.plan = ringOnly;
      await own.transfer('101');
      await own.ended();
      await (await talkOf(real, real.five)).hangup();
    },
  },
  {
    name: 'a blind transfer from a direct call into a queue',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
answer ch2 endpoint=101 dialler=ch1
end ch2 side=callee endpoint=101 cause=16 tech=SIP 200 OK blind=ch1
transfer ch1 kind=blind result=ok by=ch2 to=602
enter ch1 queue=billing
position ch1 queue=billing position=1 waiting=1
offer ch3 queue=billing endpoint=105 dialler=ch1 device=not_inuse
answer ch3 endpoint=105 queue=billing dialler=ch1
end ch3 side=callee endpoint=105 cause=16 tech=SIP 200 OK by=ch3
end ch1 side=caller endpoint=trunk cause=16 by=ch3 dialstatus=ANSWER`,
    simulated: () => {
      const world = billing(OPERATOR_ENDS);
      const [queue] = world.cast.queues;
      instead(world, (talk) => queue && transferToQueue(world, talk, queue, '602'));
      direct(world);
      world.go(200);
      return world;
    },
    real: async (real) => {
      real.one.plan = answerAfter(300);
      real.five.plan = answerAfter(300);
      calling(real, '5551101');
      const own = await talkOf(real, real.one);
      await real.sleep(300);
      await own.transfer('602');
      await (await talkOf(real, real.five)).hangup();
    },
  },
  {
    name: 'an attended transfer',
    says: `${begins}
call ch3 direction=internal endpoint=105 from=105 to=101
dial ch3 to=101
ring ch4 endpoint=101 dialler=ch3 device=not_inuse
answer ch4 endpoint=101 dialler=ch3
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK attended=ch1
end ch4 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch4 linkedid=ch1
end ch3 side=caller endpoint=105 cause=16 dialstatus=ANSWER
end ch1 side=caller endpoint=trunk cause=16 by=ch4 attended=ch2`,
    simulated: () => {
      const world = billing(OPERATOR_ENDS);
      instead(world, (talk) => consult(world, talk, world.agent('101')));
      queued(world, '5553000');
      world.go(200);
      return world;
    },
    real: async (real) => {
      const { own } = await talking(real);
      await own.hold();
      const second = real.five.call('101');
      await second.answered();
      await talkOf(real, real.one);
      await real.sleep(300);
      await own.transferTo(second);
      await second.ended();
      await real.sleep(300);
      await (await talkOf(real, real.one)).hangup();
    },
  },
  {
    name: 'a consultation that the colleague refuses',
    says: `${begins}
call ch3 direction=internal endpoint=105 from=105 to=101
dial ch3 to=101
ring ch4 endpoint=101 dialler=ch3 device=not_inuse
end ch4 side=callee endpoint=101 cause=21 tech=SIP 603 Decline by=ch4
dialed ch3 status=CHANUNAVAIL cause=21
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK by=ch1
end ch3 side=caller endpoint=105 cause=21 by=dialplan/builtin dialstatus=CHANUNAVAIL
end ch1 side=caller endpoint=trunk cause=16 by=ch1`,
    simulated: () => {
      const world = billing(OPERATOR_ENDS, { endpoint: '101', reject: 1 });
      instead(world, (talk) => consult(world, talk, world.agent('101')));
      queued(world, '5553000');
      world.go(200);
      return world;
    },
    real: async (real) => {
      const { caller, own } = await talking(real);
      real.one.plan = rejectWith(603, 100);
      await own.hold();
      await real.five.call('101').ended();
      await own.resume();
      await caller.hangup();
    },
  },
  {
    name: 'a parked call is taken from its slot',
    says: `${begins}
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK blind=ch1
park ch1 by=ch2
call ch3 direction=internal endpoint=101 from=101 to=701
retrieve ch3
end ch3 side=caller endpoint=101 cause=16 by=ch1 linkedid=ch1
end ch1 side=caller endpoint=trunk cause=16 by=ch1`,
    simulated: () => {
      const world = billing(OPERATOR_ENDS);
      instead(world, (talk) => park(world, talk));
      const made = queued(world, '5553000');
      world.go(115);
      made.stop();
      return world;
    },
    real: async (real) => {
      const { caller, own } = await talking(real);
      await own.transfer('700');
      await own.ended();
      await shows(real, 'parking show default', /701/);
      const taken = real.one.call('701');
      await taken.answered();
      // ParkedCall() answers first and puts the two together then.
      await shows(real, 'bridge show all', /\s2\s+basic\s/);
      await real.sleep(200);
      await caller.hangup();
    },
  },
  {
    name: 'a parked call that nobody takes comes back',
    says: `${begins}
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK blind=ch1
park ch1 by=ch2
comeback ch1 lot=default to=105
dial ch1 to=105
ring ch3 endpoint=105 dialler=ch1 device=not_inuse
answer ch3 endpoint=105 dialler=ch1
end ch3 side=callee endpoint=105 cause=16 tech=SIP 200 OK by=ch3
end ch1 side=caller endpoint=trunk cause=16 by=ch3 dialstatus=ANSWER`,
    simulated: () => {
      const world = billing(0.9);
      instead(world, (talk) => park(world, talk));
      queued(world, '5553000');
      world.go(300);
      return world;
    },
    real: async (real) => {
      await real.pbx.cli('dialplan set global DH_PARK_TIME 1');
      const { own } = await talking(real);
      await own.transfer('700');
      await own.ended();
      await (await talkOf(real, real.five)).hangup();
      await real.pbx.cli('dialplan set global DH_PARK_TIME 45');
    },
  },
  {
    name: 'a parked caller hangs up',
    says: `${begins}
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK blind=ch1
park ch1 by=ch2
end ch1 side=caller endpoint=trunk cause=16 by=ch1`,
    simulated: () => {
      const world = billing(0.9);
      instead(world, (talk) => park(world, talk));
      const made = queued(world, '5553000');
      world.go(120);
      made.stop();
      return world;
    },
    real: async (real) => {
      const { caller, own } = await talking(real);
      await own.transfer('700');
      await own.ended();
      await shows(real, 'parking show default', /701/);
      await real.sleep(300);
      await caller.hangup();
    },
  },
];
