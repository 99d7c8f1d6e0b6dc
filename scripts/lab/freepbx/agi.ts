// FreePBX's own FastAGI server, as far as its generated dialplan asks it: dialparties.agi puts a ring group's Dial() together,
// the rest has nothing to say.
import { createServer, type Socket } from 'node:net';

export interface FreepbxAgi {
  readonly port: number;
  /** Scripts that were asked, in order: `dialparties.agi`, … */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** A session's side of the protocol: one command, one answer. */
type Ask = (command: string) => Promise<string>;

/** Opens it on a port of 127.0.0.1. */
export async function openFreepbxAgi(port: number): Promise<FreepbxAgi> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    talk(socket, asked).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
  return {
    port,
    asked,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function talk(socket: Socket, asked: string[]): Promise<void> {
  const next = linesOf(socket);
  const head: Record<string, string> = {};
  for (let line = await next(); line !== ''; line = await next()) {
    const colon = line.indexOf(':');
    head[line.slice(0, colon)] = line.slice(colon + 1).trim();
  }
  const ask: Ask = (command) => {
    socket.write(`${command}\n`);
    return next();
  };
  const script = head['agi_network_script'] ?? '';
  asked.push(script);
  if (script === 'dialparties.agi') await dialparties(ask, head);
  if (script === 'parkfetch.agi') await parkfetch(ask, head);
  socket.end();
}

/** Gives the next line, each time it is called. */
function linesOf(socket: Socket): () => Promise<string> {
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    // Asterisk writes HANGUP between two answers; it is none.
    for (const line of parts.filter((part) => part !== 'HANGUP')) {
      const take = waiting.shift();
      if (take) take(line);
      else lines.push(line);
    }
  });
  return () => new Promise((resolve) => (lines.length > 0 ? resolve(lines.shift() ?? '') : waiting.push(resolve)));
}

const held = (answer: string) => /\((.*)\)$/.exec(answer)?.[1] ?? '';

/**
 * Rings all of the group, or one after the other (hunt): the devices' contacts, the seconds, and the options with FreePBX's own answer macro. In 16 the arguments are
 * those of Macro(), in 17 of Gosub(): both are ARG1 (seconds), ARG2 (options), ARG3 (extensions joined by -).
 */
async function dialparties(ask: Ask, head: Record<string, string>): Promise<void> {
  const get = async (name: string) => held(await ask(`GET FULL VARIABLE "\${${name}}"`));
  const seconds = await get('ARG1');
  const options = (await get('ARG2')).replace(/T/, '');
  const numbers = (await get('ARG3')).split('-');
  const devices: string[] = [];
  for (const number of numbers) {
    const contacts = await get(`PJSIP_DIAL_CONTACTS(${number})`);
    if (contacts === '') continue;
    devices.push(contacts);
    await ask(`SET VARIABLE HuntMember${devices.length - 1} "${contacts}"`);
    await ask(`DATABASE PUT CALLTRACE ${number} ${head['agi_callerid'] ?? 'unknown'}`);
  }
  if (devices.length === 0) {
    await ask('SET VARIABLE DIALSTATUS CHANUNAVAIL');
    return;
  }
  const macro = (await get('ASTVERSION')).startsWith('16') ? 'M(auto-blkvm)' : 'U(macro-auto-blkvm)';
  const blocked = (await get('NODEST')) === '' ? '' : macro;
  const hunt = (await get('RingGroupMethod')) === 'hunt';
  await ask(`SET VARIABLE ds "${hunt ? '' : devices.join('&')},${seconds},${options}${blocked}"`);
  await ask(`SET VARIABLE FILTERED_DIAL ${numbers.join('-')}`);
  if (hunt) {
    await ask(`SET VARIABLE CALLTRACE_HUNT "${head['agi_callerid'] ?? 'unknown'}"`);
    await ask(`SET VARIABLE HuntMembers ${devices.length}`);
  }
  await ask(`SET VARIABLE MACRODIALGOTO_PRI ${hunt ? 'huntdial' : 'normdial'}`);
}

/** Names the channel that is parked in a slot (FreePBX 16; 17 asks Asterisk itself). */
async function parkfetch(ask: Ask, head: Record<string, string>): Promise<void> {
  const slot = `${head['agi_arg_1'] ?? ''},${head['agi_arg_2'] ?? ''}`;
  const parked = held(await ask(`GET FULL VARIABLE "\${PARK_GET_CHANNEL(${slot})}"`));
  await ask(`SET VARIABLE PARKIE "${parked === '' ? 'unknown' : parked}"`);
}
