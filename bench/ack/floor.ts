// The floor: a bare node:net server that writes what comes to a file, lets all who wait share one fdatasync, and confirms.
// Nothing is parsed, checked, counted or applied to a database.
import { open } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { serve } from '../lib/child.js';

const file = await open(process.argv[2] ?? '', 'ax');
let waiting: { chunk: Buffer; socket: Socket }[] = [];
let flushing = false;

async function flush(): Promise<void> {
  flushing = true;
  while (waiting.length > 0) {
    const group = waiting;
    waiting = [];
    await file.appendFile(Buffer.concat(group.map(({ chunk }) => chunk.subarray(-400))));
    await file.datasync();
    for (const { socket } of group) socket.write('SET VARIABLE "DH_ACK" "1"\n');
  }
  flushing = false;
}

const server = createServer({ noDelay: true }, (socket) => {
  let asked = false;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (asked) return socket.end();
    if (chunk.indexOf('\n\n') < 0) return;
    asked = true;
    waiting.push({ chunk, socket });
    // A disk that refuses ends the floor: there is nothing to measure then.
    if (!flushing) flush().catch((error: unknown) => setImmediate(() => Promise.reject(error)));
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 512 }, () => serve(server.address()));
