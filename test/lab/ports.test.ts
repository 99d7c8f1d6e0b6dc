import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { freePort, freeRange } from '../../scripts/lab/ports.js';

describe('lab: ports', () => {
  it('gives ports that TCP and UDP can bind, never one twice', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).to.equal(50);
    const [port = 0] = ports;
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
    socket.close();
    server.close();
  });

  it('gives a range that starts even and holds no port given before', async () => {
    const [first, second] = [await freeRange(40), await freeRange(40)];
    expect(first % 2).to.equal(0);
    expect(Math.abs(first - second)).to.be.at.least(40);
  });
});
