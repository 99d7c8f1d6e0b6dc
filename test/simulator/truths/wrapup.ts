// The wrap-up after a talk of a queue, and the ways in which it ends.
import { answerAfter } from '../../../scripts/lab/phone.js';
import { until } from '../../../scripts/lab/wait.js';
import { code } from '../../../src/simulator/shift.js';
import type { Stage } from '../stage.js';
import { billing, calling, queued, type Real, type Truth, talkOf } from './truth.js';

/** A talk that the caller ends, and a wrap-up of so many seconds; `chance` decides what the operator does with it. */
function talked(chance: number): Stage {
  const world = billing(chance);
  for (const queue of world.cast.queues) queue.wrapup = 10;
  const made = queued(world, '5553000');
  world.go(3);
  made.stop();
  return world;
}

async function talkedFor(real: Real, wrapup: number): Promise<void> {
  await real.pbx.cli(`dialplan set global DH_WRAPUP_billing ${wrapup}`);
  const ends = () => real.told().filter((line) => line.includes('&event=end&')).length;
  const before = ends();
  real.five.plan = answerAfter(300);
  const caller = calling(real, '5553000');
  await talkOf(real, real.five);
  await real.sleep(300);
  await caller.hangup();
  // The wrap-up begins before the first of them is told.
  await until(() => ends() === before + 2, { what: 'both ends are told' });
  await real.pbx.cli('dialplan set global DH_WRAPUP_billing 0');
}

const dial = (real: Real, digits: string) => real.five.call(digits).ended();

const begins = `
call ch1 direction=in trunk=trunk from=+998001234567 to=5553000
enter ch1 queue=billing
position ch1 queue=billing position=1 waiting=1
offer ch2 queue=billing endpoint=105 dialler=ch1 device=not_inuse
answer ch2 endpoint=105 queue=billing dialler=ch1
wrapup ch2 operator=105 queue=billing
end ch2 side=callee endpoint=105 cause=16 tech=SIP 200 OK by=ch1
end ch1 side=caller endpoint=trunk cause=16 by=ch1`;

export const WRAPUP_TRUTHS: readonly Truth[] = [
  {
    name: 'a wrap-up whose time is up',
    says: `${begins}
wrapped ch3 operator=105 how=timeout`,
    simulated: () => {
      const world = talked(0.5);
      world.go(11);
      return world;
    },
    real: (real) => talkedFor(real, 2),
  },
  {
    name: 'a wrap-up that the operator ends',
    says: `${begins}
wrapped ch3 operator=105 how=done`,
    simulated: () => {
      const world = talked(0.2);
      world.go(11);
      return world;
    },
    real: async (real) => {
      await talkedFor(real, 60);
      await dial(real, '*49');
    },
  },
  {
    name: 'a wrap-up that the operator makes longer',
    says: `${begins.replace(/end ch1.*$/, 'wrapup ch3 operator=105 queue=billing\n$&')}
wrapped ch4 operator=105 how=timeout`,
    simulated: () => {
      const world = talked(0.4);
      world.go(100);
      return world;
    },
    real: async (real) => {
      await real.pbx.cli('dialplan set global DH_WRAPUP_EXTEND 1');
      await talkedFor(real, 3);
      await dial(real, '*40');
      await real.pbx.cli('dialplan set global DH_WRAPUP_EXTEND 60');
    },
  },
  {
    name: 'a pause pressed during the wrap-up, and its end',
    says: `${begins}
pause ch3 operator=105 reason=break
unpause ch4 operator=105
wrapped ch4 operator=105 how=done`,
    simulated: () => {
      const world = talked(0.5);
      code(world, world.agent('105'), 'pause', { reason: 'break' });
      code(world, world.agent('105'), 'unpause', {});
      return world;
    },
    real: async (real) => {
      await talkedFor(real, 60);
      await dial(real, '*471');
      await dial(real, '*48');
    },
  },
  {
    name: 'an operator who goes home from the wrap-up',
    says: `${begins}
logout ch3 operator=105
wrapped ch3 operator=105 how=done
login ch4 operator=105 queues=billing`,
    simulated: () => {
      const world = talked(0.5);
      code(world, world.agent('105'), 'logout', {});
      code(world, world.agent('105'), 'login', { queues: 'billing' });
      return world;
    },
    real: async (real) => {
      await talkedFor(real, 60);
      await dial(real, '*46');
      await dial(real, '*45');
    },
  },
];
