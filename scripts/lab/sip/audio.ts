// The sound of a phone: session descriptions (RFC 4566, G.711 µ-law only) and a stream of silence (RFC 3550).
import { createSocket, type Socket } from 'node:dgram';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Media {
  host: string;
  port: number;
  direction: Direction;
}

/** Writes a description of one µ-law stream; `version` grows with every new offer of a dialog. */
export function formatSdp(media: Media, version: number): string {
  const lines = [
    'v=0',
    `o=- 1 ${version} IN IP4 ${media.host}`,
    's=-',
    `c=IN IP4 ${media.host}`,
    't=0 0',
    `m=audio ${media.port} RTP/AVP 0`,
    'a=rtpmap:0 PCMU/8000',
    'a=ptime:20',
    `a=${media.direction}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** Reads where the other side wants its sound; null when the body describes no audio. */
export function parseSdp(body: string): Media | null {
  const port = /^m=audio (\d+)/m.exec(body)?.[1];
  const host = /^c=IN IP4 (\S+)/m.exec(body)?.[1];
  if (port === undefined || host === undefined) return null;
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(body)?.[1] ?? 'sendrecv';
  return { host, port: Number(port), direction: direction as Direction };
}

/** What to answer to an offer of that direction (RFC 3264 §6.1). */
export function mirror(direction: Direction): Direction {
  return direction === 'sendonly' ? 'recvonly' : direction === 'recvonly' ? 'sendonly' : direction;
}

export interface Audio {
  readonly port: number;
  /** Packets that came in. */
  received(): number;
  /** Sends silence to that place, 50 packets a second, until hush() or close(). */
  speak(to: Media): void;
  hush(): void;
  close(): void;
}

const PACKET_MS = 20;
const SAMPLES = 160;
/** µ-law silence. */
const SILENCE = 0xff;

/** Opens an RTP port; packets that come are counted and thrown away. */
export async function openAudio(host: string): Promise<Audio> {
  const socket: Socket = createSocket({ type: 'udp4' });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, host, () => resolve());
  });
  socket.on('error', () => {});
  let received = 0;
  socket.on('message', () => received++);
  let timer: NodeJS.Timeout | undefined;
  const hush = () => clearInterval(timer);
  return {
    port: socket.address().port,
    received: () => received,
    speak(to) {
      hush();
      const packet = Buffer.alloc(12 + SAMPLES, SILENCE);
      const source = Math.floor(Math.random() * 2 ** 32);
      let count = 0;
      timer = setInterval(() => {
        packet[0] = 0x80;
        packet[1] = 0;
        packet.writeUInt16BE(count & 0xffff, 2);
        packet.writeUInt32BE((count * SAMPLES) >>> 0, 4);
        packet.writeUInt32BE(source, 8);
        count++;
        socket.send(packet, to.port, to.host);
      }, PACKET_MS);
    },
    hush,
    close() {
      hush();
      socket.close();
    },
  };
}
