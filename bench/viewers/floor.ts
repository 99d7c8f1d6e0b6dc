// The floor: a bare node:http server that hands out one prebuilt buffer. Nobody is asked who they are, nothing changes.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { serve } from '../lib/child.js';

const body = readFileSync(process.argv[2] ?? '');
const headers = {
  ...{ 'Content-Type': 'text/html; charset=utf-8', 'Content-Encoding': 'gzip', 'Content-Length': body.length },
  ETag: '"floor"',
};
// Never a 304: as a monitor on which something changes every second.
const server = createServer((_req, res) => {
  res.writeHead(200, headers);
  res.end(body);
});
server.listen({ port: 0, host: '127.0.0.1' }, () => serve(server.address()));
