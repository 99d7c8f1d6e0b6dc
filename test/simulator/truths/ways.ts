// What may come before a talk, or instead of one: the menu, the mailbox.
import { rejectWith, ringOnly } from '../../../scripts/lab/phone.js';
import { until } from '../../../scripts/lab/wait.js';
import { askMenu } from '../../../src/simulator/menu.js';
import { enterQueue } from '../../../src/simulator/queue.js';
import { type Stage, stage } from '../stage.js';
import { call, calling, direct, ringing, shows, type Truth } from './truth.js';

/** A caller in the menu of sales and support, where nobody picks up. */
function inMenu(chance: number): { world: Stage; hangUp: () => void } {
  const operators = [
    { endpoint: '101', miss: 1 },
    { endpoint: '102', miss: 1 },
  ];
  const world = stage({ chance, queues: [{}, { name: 'support', strategy: 'ringall' }], operators });
  const made = call(world, '5554000');
  askMenu(world, made, (queue) => enterQueue(world, made, queue, false));
  return { world, hangUp: () => made.stop() };
}

export const WAY_TRUTHS: readonly Truth[] = [
  {
    name: 'a key in the menu leads into a queue',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5554000
menu ch1 menu=main
menu ch1 menu=main key=2
enter ch1 queue=support
position ch1 queue=support position=1 waiting=1
offer ch2 queue=support endpoint=101 dialler=ch1 device=not_inuse
offer ch3 queue=support endpoint=102 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=0 tech=SIP 180 Ringing
end ch3 side=callee endpoint=102 cause=0 tech=SIP 180 Ringing
end ch1 side=caller endpoint=trunk cause=0 by=ch1 abandoned=TRUE`,
    simulated: () => {
      const { world, hangUp } = inMenu(0.5);
      world.go(7);
      hangUp();
      return world;
    },
    real: async (real) => {
      real.one.plan = ringOnly;
      real.two.plan = ringOnly;
      const made = calling(real, '5554000');
      await made.answered();
      await real.sleep(300);
      await made.press('2');
      await ringing(real, real.one, real.two);
      await made.hangup();
    },
  },
  {
    name: 'a key that the menu does not know, then the caller hangs up',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5554000
menu ch1 menu=main
menu ch1 menu=main key=invalid
menu ch1 menu=main
end ch1 side=caller endpoint=trunk cause=0 by=ch1`,
    simulated: () => {
      const { world, hangUp } = inMenu(0.83);
      world.go(8);
      hangUp();
      return world;
    },
    real: async (real) => {
      const menus = () => real.told().filter((line) => line.includes('&event=menu&')).length;
      const before = menus();
      const made = calling(real, '5554000');
      await made.answered();
      await real.sleep(300);
      await made.press('5');
      await until(() => menus() === before + 3, { what: 'the menu speaks again' });
      await made.hangup();
    },
  },
  {
    name: 'a caller who says nothing to the mailbox',
    says: `
call ch1 direction=in trunk=trunk from=+998001234567 to=5551101
dial ch1 to=5551101
ring ch2 endpoint=101 dialler=ch1 device=not_inuse
end ch2 side=callee endpoint=101 cause=21 tech=SIP 603 Decline by=ch2
dialed ch1 status=CHANUNAVAIL cause=21
voicemail ch1 mailbox=101 status=empty
end ch1 side=caller endpoint=trunk cause=21 by=ch1 dialstatus=CHANUNAVAIL`,
    simulated: () => {
      const world = stage({ chance: 0.8, operators: [{ endpoint: '101', reject: 1, mailbox: true }] });
      world.extras = 1;
      direct(world);
      world.go(60);
      return world;
    },
    real: async (real) => {
      await real.pbx.cli('dialplan set global VOICEMAIL_101 yes');
      real.one.plan = rejectWith(603, 300);
      const made = calling(real, '5551101');
      await made.answered();
      await shows(real, 'core show channels', /VoiceMail\(/);
      await real.sleep(1000);
      await made.hangup();
      await real.pbx.cli('dialplan set global VOICEMAIL_101 no');
    },
  },
];
