import { appendFile } from 'node:fs/promises';
import { type LoadReport, load, percentile } from '../../simulator/load.js';
import { perform } from '../../simulator/perform.js';
import { createPlayer, type Player } from '../../simulator/player.js';
import { createStory, type Story } from '../../simulator/story.js';
import type { CliCommand, Context } from '../command.js';
import { Failure } from '../failure.js';
import { anyNumber, hostAndPort, wholeNumber } from '../numbers.js';

const USAGE = `Plays a busy call centre against the server, without a PBX.

Usage: dialhook simulate [--agi HOST:PORT] [--rate N] [--operators N] [--queues N] [--wrapup N] [--extras N] [--seed N]
                         [--speed X] [--seconds N] [--spool FILE] [--pbx NAME] [--load N] [--json]

  --agi HOST:PORT   the FastAGI server (default: the one of the configuration)
  --rate N          calls a minute, of all kinds (default: 12)
  --operators N     operators, from 101 (default: 20)
  --queues N        queues (default: 4)
  --wrapup N        seconds of wrap-up after a talk of a queue, every third queue having none (default: 20; 0: none at all)
  --extras N        percent of the calls in which more happens than a talk: a menu before the queue, a transfer, asking a
                    colleague first, parking, a message when nobody answers (default: 25; 0: none)
  --seed N          the same number gives the same story (default: 1)
  --speed X         so many times faster than life (default: 1)
  --seconds N       end after so many seconds (default: when stopped; with --load: 10)
  --spool FILE      keep lines in this file while no server takes them, as the dialplan does; without it they are lost
  --pbx NAME        name of the PBX in the events (default: pbx1)
  --load N          send N events a second, whether the server keeps up or not, and say how long each took
  --json            with --load: the result for programs

It speaks FastAGI exactly as Asterisk does, with made-up people and numbers that belong to nobody. Ctrl-C ends all calls
and logs all operators out, within two seconds.

Examples:
  dialhook simulate
  dialhook simulate --rate 60 --operators 60 --queues 8
  dialhook simulate --speed 20 --seconds 60
  dialhook simulate --wrapup 0 --extras 0
  dialhook simulate --load 500 --seconds 30
`;

interface Options {
  agi?: { host: string; port: number };
  rate: number;
  operators: number;
  queues: number;
  wrapup: number;
  extras: number;
  seed: number;
  speed: number;
  seconds?: number;
  spool?: string;
  pbx: string;
  load?: number;
  json?: boolean;
}

const LOAD_SECONDS = 10;
/** A load test needs enough calls at once, so that neighbouring events are of different ones. */
const LOAD_OPERATORS = 100;
const LOAD_RATE = 90;
const STATUS_EVERY_MS = 5000;

export const simulate: CliCommand = {
  name: 'simulate',
  usage: USAGE,
  add(program, context) {
    program
      .command('simulate')
      .option('--agi <host:port>', '', hostAndPort)
      .option('--rate <n>', '', anyNumber(0, 100_000), 12)
      .option('--operators <n>', '', wholeNumber(1, 899), 20)
      .option('--queues <n>', '', wholeNumber(1, 19), 4)
      .option('--wrapup <n>', '', wholeNumber(0, 3600), 20)
      .option('--extras <n>', '', anyNumber(0, 100), 25)
      .option('--seed <n>', '', wholeNumber(0, 4_294_967_295), 1)
      .option('--speed <x>', '', anyNumber(0.1, 1000), 1)
      .option('--seconds <n>', '', anyNumber(0, 31_536_000))
      .option('--spool <file>')
      .option('--pbx <name>', '', 'pbx1')
      .option('--load <n>', '', anyNumber(1, 100_000))
      .option('--json')
      .action((options: Options) => run(context, options));
  },
};

async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { host, port } = options.agi ?? serverOf(context);
  const { spool } = options;
  const stop = new AbortController();
  const off = io.onInterrupt(() => stop.abort());
  const player = createPlayer({
    host,
    port,
    spool: spool === undefined ? undefined : (line) => appendFile(spool, `${line}\n`),
    hangups: options.load === undefined,
  });
  try {
    if (options.load !== undefined) await loadTest(context, options, player, stop.signal);
    else {
      io.out(
        `Playing ${options.operators} operators, ${options.queues} queues and ${options.rate} calls a minute to ${host}:${port}; Ctrl-C ends it.\n`,
      );
      await play(context, options, player, stop.signal);
    }
  } finally {
    off();
  }
}

function serverOf(context: Context): { host: string; port: number } {
  const { agiHost, agiPort } = context.config();
  if (agiPort === 0)
    throw new Failure('the configuration lets the server take any free port: say which one with --agi HOST:PORT');
  return { host: agiHost === '0.0.0.0' || agiHost === '::' ? '127.0.0.1' : agiHost, port: agiPort };
}

const storyOf = (options: Options): Story =>
  createStory({
    seed: options.seed,
    operators: options.operators,
    queues: options.queues,
    callsPerMinute: options.rate,
    wrapup: options.wrapup,
    extras: options.extras / 100,
    speed: options.speed,
    pbx: options.pbx,
    startAt: Date.now(),
  });

async function play({ io }: Context, options: Options, player: Player, signal: AbortSignal): Promise<void> {
  const story = storyOf(options);
  const status = setInterval(() => io.out(`${statusLine(story, player)}\n`), STATUS_EVERY_MS);
  try {
    await perform({ story, player, lastsMs: (options.seconds ?? 0) * 1000, signal });
  } finally {
    clearInterval(status);
  }
  io.out(`${statusLine(story, player)}\nAll calls ended, all operators logged out.\n`);
}

async function loadTest(context: Context, options: Options, player: Player, signal: AbortSignal): Promise<void> {
  const { io } = context;
  const { load: eventsPerSecond = 0, seconds = LOAD_SECONDS } = options;
  const story = storyOf({
    ...options,
    operators: Math.max(options.operators, LOAD_OPERATORS),
    rate: Math.max(options.rate, LOAD_RATE),
    speed: 1,
  });
  const report = await load({ story, player, eventsPerSecond, seconds, signal });
  io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  if (report.acked < report.sent) context.badNews();
}

function statusLine(story: Story, player: Player): string {
  const { calls, waiting, ringing, talking, parked, wrappingUp, operators } = story.figures();
  const { acked, spooled, lost, errors } = player.stats();
  const trouble = Object.entries(errors).map(([what, times]) => `; ${what}: ${times}`);
  return `${operators} operators, ${wrappingUp} of them in wrap-up, ${calls} calls: ${waiting} waiting, ${ringing} ringing, ${talking} talking, ${parked} parked; ${acked} events confirmed (${latency(player)}), ${spooled} spooled, ${lost} lost${trouble.join('')}`;
}

function latency(player: Player): string {
  const sorted = Float64Array.from(player.stats().latencies).sort();
  return `p50 ${ms(percentile(sorted, 50))}, p99 ${ms(percentile(sorted, 99))}`;
}

function reportText(report: LoadReport): string {
  const errors = Object.entries(report.errors).map(([what, times]) => `  ${what}: ${times}\n`);
  return [
    `${report.sent} events in ${report.seconds.toFixed(1)} s (${report.rate.toFixed(0)} a second): ${report.acked} confirmed, ${report.spooled} spooled, ${report.lost} lost\n`,
    `confirmed after p50 ${ms(report.p50)}, p99 ${ms(report.p99)}, max ${ms(report.max)}\n`,
    ...errors,
  ].join('');
}

const ms = (value: number | null) => (value === null ? '-' : `${value.toFixed(2)} ms`);
