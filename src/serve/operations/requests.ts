// /health and /metrics, before the pages: no login, no session, no database on the way to them but what a check asks.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { Report } from './health.js';

export interface Answers {
  live(): Promise<Report>;
  ready(): Promise<Report>;
  /** Text for Prometheus. */
  metrics(): Promise<string>;
  /** Who may read the metrics without the token: networks in CIDR form or addresses. */
  metricsFrom: readonly string[];
  /** Who brings it may read them from anywhere; empty: nobody. */
  metricsToken: string;
  /** Counts a request of the pages. */
  request(route: string, status: number, seconds: number): void;
  /** `apart`: the metrics are read at a port of their own and not here. */
  apart: boolean;
}

/** Puts the answers before the pages, whose requests are timed; without pages everything else is not found. */
export function beforePages(answers: Answers, pages: RequestListener | null): RequestListener {
  const may = reader(answers);
  const handlers = new Map<string, Asked>([
    ['/health', (req, res) => healthAnswer(answers.ready, req, res)],
    ['/health/ready', (req, res) => healthAnswer(answers.ready, req, res)],
    ['/health/live', (req, res) => healthAnswer(answers.live, req, res)],
  ]);
  if (!answers.apart || !pages) handlers.set('/metrics', (req, res) => metricsAnswer(answers, may(req), req, res));
  return (req, res) => {
    const path = req.url?.split('?', 1)[0] ?? '';
    const ours = handlers.get(path);
    if (ours) {
      ours(req, res).catch(() => res.destroy());
      return;
    }
    if (!pages) return plain(req, res, 404, 'Here are /health/live, /health/ready and /metrics.\n');
    time(answers, res);
    pages(req, res);
  };
}

function time(answers: Answers, res: ServerResponse): void {
  const from = performance.now();
  // Not `finish`, for which node has a listener of its own: with a second one three tenths of all new memory stayed
  // until the next full collection (bench/results.md). Probably V8 makes the array of two listeners in its old space.
  res.on('close', () => {
    if (!res.writableFinished) return;
    // Set by the route that answered; an address that no route knows counts as one, whatever was asked for.
    const { route } = (res as { locals?: { route?: unknown } }).locals ?? {};
    answers.request(typeof route === 'string' ? route : 'other', res.statusCode, (performance.now() - from) / 1000);
  });
}

type Asked = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

async function healthAnswer(question: () => Promise<Report>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const report = await question();
  send(req, res, report.ok ? 200 : 503, 'application/json; charset=utf-8', `${JSON.stringify(report)}\n`);
}

async function metricsAnswer(answers: Answers, may: boolean, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (!may)
    return plain(
      req,
      res,
      403,
      'The metrics are for DIALHOOK_METRICS_FROM, or for who brings DIALHOOK_METRICS_TOKEN.\n',
    );
  try {
    send(req, res, 200, 'text/plain; version=0.0.4; charset=utf-8', await answers.metrics());
  } catch {
    plain(req, res, 500, 'The metrics can not be read just now.\n');
  }
}

const plain = (req: IncomingMessage, res: ServerResponse, status: number, text: string) =>
  send(req, res, status, 'text/plain; charset=utf-8', text);

function send(req: IncomingMessage, res: ServerResponse, status: number, type: string, text: string): void {
  const reads = req.method === 'GET' || req.method === 'HEAD';
  const body = Buffer.from(reads ? text : 'Only GET is answered here.\n');
  res.writeHead(reads ? status : 405, {
    'Content-Type': reads ? type : 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    ...{ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' },
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    ...(reads ? {} : { Allow: 'GET, HEAD' }),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** What a proxy adds to a request that it passes on: then the nearest address is the proxy's, and says nothing. */
const PASSED_ON = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];

function reader({ metricsFrom, metricsToken }: Answers): (req: IncomingMessage) => boolean {
  const near = networks(metricsFrom);
  return (req) => {
    if (metricsToken !== '' && sameToken(req.headers.authorization ?? '', `Bearer ${metricsToken}`)) return true;
    if (PASSED_ON.some((name) => req.headers[name] !== undefined)) return false;
    // An IPv6 socket writes an IPv4 address as ::ffff:192.0.2.1.
    const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
    return address !== '' && near.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}

function networks(list: readonly string[]): BlockList {
  const found = new BlockList();
  for (const one of list) {
    const [address = '', bits] = one.split('/', 2);
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) found.addAddress(address, family);
    else found.addSubnet(address, Number(bits), family);
  }
  return found;
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const sameToken = (given: string, right: string) => timingSafeEqual(digest(given), digest(right));
