import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';
import { httpServer } from '../../src/serve/http-server.js';

describe('the HTTP server', () => {
  const bounds = { most: 3, headersMs: 60, requestMs: 150, everyMs: 20 };
  let server: Server;
  let sockets: Socket[] = [];
  beforeEach(async () => {
    server = httpServer((_req, res) => void res.end('here'), bounds).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    server.close();
  });

  /** A connection, and what came back on it until it was closed. */
  function dial(text = ''): { said(): string; open(): boolean; write(more: string): void } {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let [said, open] = ['', true];
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('close', () => {
      open = false;
    });
    socket.write(text);
    sockets.push(socket);
    return { said: () => said, open: () => open, write: (more) => void socket.write(more) };
  }
  const REQUEST = 'GET / HTTP/1.1\r\nHost: calls.example.org\r\n';

  it('lets go who says nothing, half a line, or half a body', async () => {
    const slow = [dial(), dial(`${REQUEST}X-Slow: `), dial(`${REQUEST}Content-Length: 5\r\n\r\nab`)];
    await until(() => slow.every((one) => !one.open()), { what: 'all three are closed', deadline: 3000 });
  });

  it('has room for so many and no more, and for the next one when one goes', async () => {
    const held = Array.from({ length: bounds.most }, () => dial(`${REQUEST}\r\n`));
    await until(() => held.every((one) => one.said().includes('here')), { what: 'all are answered' });
    const more = dial(`${REQUEST}\r\n`);
    await until(() => !more.open(), { what: 'one too many is closed' });
    expect(more.said()).to.equal('');
    sockets[0]?.destroy();
    await until(
      async () => {
        const next = dial(`${REQUEST}\r\n`);
        await until(() => next.said() !== '' || !next.open(), { what: 'an answer' });
        return next.said().includes('here');
      },
      { what: 'there is room again' },
    );
  });
});
