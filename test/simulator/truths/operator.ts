// What operators do with their own phones: calls out and inside, codes.
import { answerAfter, rejectWith } from '../../../scripts/lab/phone.js';
import { fromOperator } from '../../../src/simulator/calls.js';
import { dialOperator, dialOut } from '../../../src/simulator/direct.js';
import { code } from '../../../src/simulator/shift.js';
import { stage } from '../stage.js';
import type { Truth } from './truth.js';

export const OPERATOR_TRUTHS: readonly Truth[] = [
  {
    name: 'an operator calls a number that there is not',
    says: `
call ch1 direction=out endpoint=102 from=102 to=+998001111111
dial ch1 trunk=trunk to=+998001111111
ring ch2 endpoint=trunk dialler=ch1
end ch2 side=callee endpoint=trunk cause=1 tech=SIP 404 Not Found by=ch2
dialed ch1 status=CHANUNAVAIL cause=1
end ch1 side=caller endpoint=102 cause=34 by=ch1 dialstatus=CHANUNAVAIL`,
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
dial ch1 trunk=trunk to=+998001111111
ring ch2 endpoint=trunk dialler=ch1
answer ch2 endpoint=trunk dialler=ch1
end ch2 side=callee endpoint=trunk cause=16 tech=SIP 200 OK by=ch1
end ch1 side=caller endpoint=102 cause=16 by=ch1 dialstatus=ANSWER`,
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
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
answer ch2 endpoint=101 dialler=ch1
end ch2 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch1
end ch1 side=caller endpoint=102 cause=16 by=ch1 dialstatus=ANSWER`,
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
        await real.one.call(dialled).ended();
      }
    },
  },
];
