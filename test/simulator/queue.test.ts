import { expect } from 'chai';
import { inbound } from '../../src/simulator/calls.js';
import { enterQueue } from '../../src/simulator/queue.js';
import type { LiveCall } from '../../src/simulator/world.js';
import { START, type Stage, shape, stage } from './stage.js';

/** A caller enters the stage's first queue. */
function enter(world: Stage, vip = false): LiveCall {
  const call = inbound(world, { number: '+998001234567', name: '', company: '', vip }, '5551000');
  const [queue] = world.cast.queues;
  if (queue !== undefined) enterQueue(world, call, queue, vip);
  return call;
}

/** Who was rung when: `101@0.0`, in seconds since the start. */
const offers = (world: Stage) =>
  world
    .lines()
    .map((line) => new URLSearchParams(line))
    .filter((fields) => fields.get('event') === 'offer')
    .map((fields) => `${fields.get('endpoint')}@${((Number(fields.get('at')) * 1000 - START) / 1000).toFixed(1)}`);
const last = (world: Stage, count: number) => shape(world.lines()).slice(-count);

describe('simulator: queue', () => {
  it('rings who waited longest, and the next one when that one refuses', () => {
    const world = stage({ operators: [{ endpoint: '101', reject: 1 }, { endpoint: '102' }] });
    world.agent('102').lastCall = 5;
    enter(world);
    world.go(4);
    expect(offers(world)).to.deep.equal(['101@0.0', '102@2.5']);
    expect(shape(world.lines()).some((line) => line.startsWith('answer ch3 endpoint=102'))).to.equal(true);
  });

  it('sleeps between two rounds when nobody picks up, and begins again', () => {
    const world = stage({ operators: [{ endpoint: '101', miss: 1 }] });
    enter(world);
    world.go(13);
    expect(offers(world)).to.deep.equal(['101@0.0', '101@6.0', '101@12.0']);
  });

  it('sleeps when all refused', () => {
    const world = stage({ queues: [{ retry: 4 }], operators: [{ endpoint: '101', reject: 1 }] });
    enter(world);
    world.go(8);
    expect(offers(world)).to.deep.equal(['101@0.0', '101@6.5']);
  });

  it('rings all who are free at once', () => {
    const world = stage({
      queues: [{ strategy: 'ringall' }],
      operators: ['101', '102', '103', '104'].map((endpoint) => ({ endpoint, miss: 1 })),
    });
    world.agent('102').paused = true;
    world.agent('103').busy = true;
    enter(world);
    expect(offers(world)).to.deep.equal(['101@0.0', '104@0.0']);
  });

  it('lets a VIP go first, and nobody be rung while resting', () => {
    const world = stage({ operators: [{ endpoint: '101' }] });
    world.agent('101').restUntil = 3000;
    const plain = enter(world);
    const vip = enter(world, true);
    world.agenda.after(3000, world.dispatch);
    world.go(4.5);
    expect(vip.state).to.equal('talking');
    expect(plain.state).to.equal('waiting');
  });

  it('gives the operator back after the talk and the rest', () => {
    const world = stage({ operators: [{ endpoint: '101' }] });
    const first = enter(world);
    world.go(2);
    enter(world);
    first.stop();
    expect(offers(world)).to.deep.equal(['101@0.0']);
    world.go(9);
    expect(offers(world)).to.deep.equal(['101@0.0', '101@10.0']);
  });

  it('refuses a caller when nobody works there', () => {
    const world = stage({ operators: [{ endpoint: '101', online: false }] });
    enter(world);
    world.go(10);
    expect(last(world, 3)).to.deep.equal([
      'enter ch1 queue=sales',
      'leave ch1 queue=sales status=JOINEMPTY',
      'end ch1 side=caller endpoint=trunk cause=16 by=dialplan/builtin queuestatus=JOINEMPTY',
    ]);
  });

  it('gives up after its time, the phone that rings included', () => {
    const world = stage({ chance: 0.9, queues: [{ timeout: 9 }], operators: [{ endpoint: '101', miss: 1 }] });
    enter(world);
    world.go(20);
    expect(last(world, 3)).to.deep.equal([
      'end ch3 side=callee endpoint=101 cause=0 tech=SIP 180 Ringing',
      'leave ch1 queue=sales status=TIMEOUT',
      'end ch1 side=caller endpoint=trunk cause=16 by=ch1 queuestatus=TIMEOUT',
    ]);
    expect(world.agent('101').busy).to.equal(false);
  });

  it('lets a caller leave by a key', () => {
    const world = stage({ chance: 0.02, operators: [{ endpoint: '101', miss: 1 }] });
    // So little chance makes the caller impatient too: the key must come before.
    world.random.between = (min) => (min === 1.5 ? 60 : min);
    enter(world);
    world.go(20);
    expect(shape(world.lines())).to.include('leave ch1 queue=sales key=0');
    expect(world.waiting).to.deep.equal([]);
  });

  it('goes on with a caller whose operator hung up first, where the queue is told to', () => {
    const world = stage({ chance: 0.7, queues: [{ goesOn: true }], operators: [{ endpoint: '101' }] });
    enter(world);
    world.go(120);
    expect(last(world, 3)).to.deep.equal([
      'end ch2 side=callee endpoint=101 cause=16 tech=SIP 200 OK by=ch2',
      'leave ch1 queue=sales status=CONTINUE',
      'end ch1 side=caller endpoint=trunk cause=16 by=ch1 queuestatus=CONTINUE',
    ]);
  });
});
