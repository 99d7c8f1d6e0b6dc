// The floor: what a bare node:net server does for the same session. Nothing is parsed, checked, bounded or counted.
import { createServer } from 'node:net';
import { serve } from '../lib/child.js';

const server = createServer({ noDelay: true }, (socket) => {
  let step = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (step === 0 && chunk.indexOf('\n\n') < 0) return;
    step++;
    if (step === 1) socket.write('GET VARIABLE "DH_CALL"\n');
    else if (step === 2) socket.write('SET VARIABLE "DH_ACK" "1"\n');
    else socket.end();
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 512 }, () => serve(server.address()));
