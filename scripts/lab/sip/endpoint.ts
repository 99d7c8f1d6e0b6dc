// SIP over UDP, one socket: sends requests, brings answers to them, brings requests from outside once each. What a request
// means is the phone's business.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { allHeaders, branchOf, cseq, formatMessage, header, parseMessage, type SipMessage, tagOf } from './message.js';
import {
  type ClientTransaction,
  type Sent,
  type ServerTransaction,
  startClient,
  startServer,
  T1,
} from './transaction.js';

export interface Address {
  host: string;
  port: number;
}

export interface Reply {
  status: number;
  reason: string;
  /** Our tag, put on a To that has none yet. */
  toTag: string;
  headers?: [string, string][];
  body?: string;
}

export interface EndpointHooks {
  /** A request that is no repeat, ACK and CANCEL among them. */
  onRequest(request: SipMessage, from: Address): void;
  /** A provisional answer to a request of ours. */
  onProvisional(sent: Sent, response: SipMessage): void;
  /** A final answer came again. To a 2xx of an INVITE the ACK must go out again. */
  onRepeated(response: SipMessage): void;
}

export interface SipEndpoint {
  readonly local: Address;
  /** Sends a request (its Via is added) and repeats it until it is answered. */
  send(message: SipMessage, to: Address): Sent;
  /** Sends the ACK of a 2xx: it has no answer and is a transaction of its own. */
  sendAck(message: SipMessage, to: Address): void;
  /** Cancels an INVITE of ours (RFC 3261 §9.1). */
  cancel(invite: Sent, to: Address): Sent;
  reply(request: SipMessage, to: Address, reply: Reply): void;
  close(): Promise<void>;
}

/** Opens the socket; port 0 takes any. `t1` is the pause before a first repeat. @throws Error when the address cannot be bound. */
export async function openEndpoint(host: string, port: number, hooks: EndpointHooks, t1 = T1): Promise<SipEndpoint> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => resolve());
  });
  // That nobody listens at the other end is told by the transaction's own patience.
  socket.on('error', () => {});
  const local = { host, port: socket.address().port };
  const clients = new Map<string, ClientTransaction>();
  const servers = new Map<string, ServerTransaction>();
  let closed = false;
  const transmitTo = (to: Address) => (text: string) => {
    if (!closed) socket.send(text, to.port, to.host);
  };
  const withVia = (message: SipMessage): SipMessage => {
    const via = `SIP/2.0/UDP ${local.host}:${local.port};branch=z9hG4bK${randomBytes(8).toString('hex')};rport`;
    return { ...message, headers: [['Via', via], ...message.headers] };
  };
  const start = (message: SipMessage, to: Address) => {
    const key = `${branchOf(message)} ${message.method}`;
    const client = startClient(message, transmitTo(to), t1);
    clients.set(key, client);
    const forget = () => setTimeout(() => clients.delete(key), 32_000).unref();
    client.final.then(forget, () => clients.delete(key));
    return client;
  };
  socket.on('message', (data, remote) => {
    const message = parseMessage(data.toString('utf8'));
    if (message === null) return;
    if (message.status > 0) receiveResponse(message);
    else receiveRequest(message, { host: remote.address, port: remote.port });
  });
  const receiveResponse = (response: SipMessage) => {
    const client = clients.get(`${branchOf(response)} ${cseq(response).method}`);
    if (client === undefined) return;
    const what = client.receive(response);
    if (what === 'provisional') hooks.onProvisional(client, response);
    if (what === 'repeated') hooks.onRepeated(response);
  };
  const receiveRequest = (request: SipMessage, from: Address) => {
    const key = serverKey(request);
    const known = servers.get(key);
    if (request.method === 'ACK') {
      known?.acknowledged();
      return hooks.onRequest(request, from);
    }
    if (known !== undefined) return known.repeated();
    servers.set(
      key,
      startServer(request.method === 'INVITE', transmitTo(from), () => servers.delete(key)),
    );
    hooks.onRequest(request, from);
  };
  return {
    local,
    send: (message, to) => start(withVia(message), to),
    sendAck: (message, to) => transmitTo(to)(formatMessage(withVia(message))),
    cancel: (invite, to) => start(cancelOf(invite.message), to),
    reply(request, to, reply) {
      const text = formatMessage(responseTo(request, reply));
      const server = servers.get(serverKey(request));
      if (server === undefined) transmitTo(to)(text);
      else server.answer(text, reply.status >= 200);
    },
    async close() {
      closed = true;
      for (const transaction of [...clients.values(), ...servers.values()]) transaction.stop();
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

// By dialog and number, not by branch: the ACK of a 2xx comes with a branch of its own and has to find its INVITE.
function serverKey(request: SipMessage): string {
  const { number, method } = cseq(request);
  return `${header(request, 'Call-ID')} ${tagOf(header(request, 'From'))} ${number} ${method === 'ACK' ? 'INVITE' : method}`;
}

function cancelOf(invite: SipMessage): SipMessage {
  const kept = invite.headers.filter(([key]) =>
    ['via', 'max-forwards', 'from', 'to', 'call-id', 'route'].includes(key.toLowerCase()),
  );
  return { ...invite, method: 'CANCEL', headers: [...kept, ['CSeq', `${cseq(invite).number} CANCEL`]], body: '' };
}

function responseTo(request: SipMessage, { status, reason, toTag, headers = [], body = '' }: Reply): SipMessage {
  const to = header(request, 'To');
  const copied = ['Via', 'Record-Route'].flatMap((name) =>
    allHeaders(request, name).map((value): [string, string] => [name, value]),
  );
  const own: [string, string][] = [
    ['From', header(request, 'From')],
    ['To', tagOf(to) === '' && status > 100 ? `${to};tag=${toTag}` : to],
    ['Call-ID', header(request, 'Call-ID')],
    ['CSeq', header(request, 'CSeq')],
  ];
  return { method: '', uri: '', status, reason, headers: [...copied, ...own, ...headers], body };
}
