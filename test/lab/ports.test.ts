import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { freePort, freeRange } from '../../scripts/lab/ports.js';
import { until } from '../../scripts/lab/wait.js';

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

  it('gives no port that another run has been given and does not use yet', async function () {
    this.timeout(20_000);
    const program = `import { freePort } from './scripts/lab/ports.ts';
      const ports = await Promise.all(Array.from({ length: 3000 }, () => freePort()));
      console.log(ports.join());
      process.stdin.on('end', () => process.exit()).resume();`;
    const other = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    try {
      let said = '';
      other.stdout.on('data', (text: Buffer) => (said += text.toString()));
      await until(() => said.endsWith('\n'), { what: 'the other run has its ports' });
      const theirs = new Set(said.trim().split(',').map(Number));
      // Each of ours would be one of theirs with a probability of more than a half.
      const ours = await Promise.all(Array.from({ length: 20 }, () => freePort()));
      expect(ours.filter((port) => theirs.has(port))).to.deep.equal([]);
    } finally {
      other.kill();
    }
  });

  it('keeps wide ranges apart from single ports', async () => {
    expect(await freeRange(200)).to.be.at.least(21_000);
    expect(await freePort()).to.be.below(21_000);
  });

  it('gives a range that starts even and holds no port given before', async () => {
    const [first, second] = [await freeRange(40), await freeRange(40)];
    expect(first % 2).to.equal(0);
    expect(Math.abs(first - second)).to.be.at.least(40);
  });
});
