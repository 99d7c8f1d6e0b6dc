import { createSocket, type Socket } from 'node:dgram';
import { expect } from 'chai';
import { answerAfter, openPhone, type Phone, ringOnly } from '../../scripts/lab/phone.js';
import { freePort } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';

/** Carries datagrams between two ports of the loopback and loses the first copy of each kind that `loses` names. */
async function openRelay(loses: (text: string) => boolean) {
  const lost: string[] = [];
  const open = async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return socket;
  };
  const [left, right] = [await open(), await open()];
  const peers = new Map<Socket, number>();
  const carry = (to: Socket) => (data: Buffer) => {
    const text = data.toString();
    const kind = `${text.split('\r\n')[0]?.replace(/sip:\S+/, '')} ${/CSeq: .*/.exec(text)?.[0]}`;
    if (loses(text) && !lost.includes(kind)) lost.push(kind);
    else to.send(data, peers.get(to) ?? 0, '127.0.0.1');
  };
  left.on('message', carry(right));
  right.on('message', carry(left));
  return {
    left: { host: '127.0.0.1', port: left.address().port },
    right: { host: '127.0.0.1', port: right.address().port },
    lost,
    join: (a: number, b: number) => peers.set(left, a).set(right, b),
    close: () => [left, right].map((socket) => socket.close()),
  };
}

describe('lab: two phones, without a PBX between them', () => {
  let [a, b] = [] as unknown as [Phone, Phone];
  let relay: Awaited<ReturnType<typeof openRelay>>;
  let losing = (_: string) => false;

  before(async () => {
    relay = await openRelay((text) => losing(text));
    const [portA, portB] = [await freePort(), await freePort()];
    a = await openPhone({ user: 'a', pbx: relay.left, port: portA, name: 'Anna "A" <x>', repeatMs: 50 });
    b = await openPhone({ user: 'b', pbx: relay.right, port: portB, repeatMs: 50 });
    relay.join(portA, portB);
  });
  after(async () => {
    await a.close();
    await b.close();
    relay.close();
  });
  beforeEach(() => {
    losing = () => false;
    relay.lost.length = 0;
    b.reset(answerAfter(20));
  });

  it('speak, and know each other', async () => {
    const out = a.call('b');
    await out.answered();
    const call = await b.incoming();
    expect([call.number, call.name, call.dialled]).to.deep.equal(['a', 'Anna "A" <x>', 'b']);
    await call.bye();
    await out.waitFor('bye_received');
  });

  it('hold each other', async () => {
    const out = a.call('b');
    await out.answered();
    const call = await b.incoming();
    await out.hold();
    await call.waitFor('hold_received');
    await out.resume();
    await call.waitFor('resume_received');
    await out.bye();
  });

  it('speak over a line that loses the first copy of every message', async () => {
    losing = () => true;
    const out = a.call('b');
    await out.answered();
    const call = await b.incoming();
    await call.waitFor('ack_received');
    await out.bye();
    await call.waitFor('bye_received');
    expect(relay.lost.join('\n')).to.match(/INVITE.*200 OK CSeq: 1 INVITE.*ACK.*BYE/s);
    expect(call.events.filter(({ kind }) => kind === 'invite_received')).to.have.length(1);
  });

  it('give up a call whose CANCEL and 487 are lost once', async () => {
    b.reset(ringOnly);
    losing = (text) => /^CANCEL|^SIP\/2\.0 487/.test(text);
    const out = a.call('b');
    await out.waitFor('ringing_received');
    out.cancel();
    expect((await out.ended()).status).to.equal(487);
    expect(relay.lost).to.have.length(2);
  });

  it('end a call that was answered while it was given up', async () => {
    b.reset(ringOnly);
    const out = a.call('b');
    const call = await b.incoming();
    await out.waitFor('ringing_received');
    call.answer();
    out.cancel();
    await out.ended();
    await call.ended();
    expect(out.events.map(({ kind }) => kind).slice(-3)).to.deep.equal(['cancel_sent', 'answer_received', 'bye_sent']);
  });

  it('refuse what belongs to no call', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const answers: string[] = [];
    socket.on('message', (data) => answers.push(data.toString()));
    const bye = `BYE sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bKx\r\nFrom: <sip:x@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: nowhere\r\nCSeq: 1 BYE\r\n\r\n`;
    for (const noise of ['', 'noise', 'ACK sip:b@h SIP/2.0\r\n\r\n', bye])
      socket.send(noise, b.address.port, '127.0.0.1');
    await until(() => answers.length > 0, { what: 'an answer' });
    expect(answers[0]).to.match(/^SIP\/2\.0 481 /);
    socket.close();
  });
});
