// One story on a real centre: it is played, and what the tables then hold is told as the story tells it.
import { expect } from 'chai';
import { until } from '../../scripts/lab/wait.js';
import { type CallEvent, parseLine } from '../../src/call/event.js';
import { readCall } from '../../src/store/read-call.js';
import { toDb } from '../../src/store/time.js';
import { type Centre, quiet } from './centre.js';
import { sendClick } from './click.js';
import { draftOf } from './draft.js';
import { startMetronome } from './metronome.js';
import { play } from './play.js';
import type { Stage } from './playing.js';
import type { Story } from './story.js';
import { split, tell, tellAll } from './tell.js';

/** A real PBX and real phones do not keep time to the millisecond: how far a time may be from the story's, seconds. */
const TOLERANCE = 0.6;
/** What the PBX counts in whole seconds of its clock may be one more or less. */
const WHOLE_SECONDS = 1;

type Row = ReturnType<typeof split>;

/** What the steps of a play may use of a centre. */
export const stageOf = (centre: Centre): Stage => ({
  phones: centre.phones,
  trunk: centre.trunk,
  ami: centre.ami,
  look: centre.look,
  click: (operator, number) => sendClick(centre, operator, 'call', { to: number }),
  verb: (operator, verb, args) => sendClick(centre, operator, verb, args),
  console: (command) => centre.asterisk.cli(command),
});

/**
 * Plays the story and compares; `tolerance` is how far a time may be from the story's, seconds. Prints the real events and rows with DIALHOOK_SHOW_STORIES=1.
 * @throws Error when the play gets stuck or a row is not the story's.
 */
export async function perform(centre: Centre, story: Story, tolerance = TOLERANCE): Promise<void> {
  const since = Date.now();
  const stop = startMetronome();
  await play(story.play, stageOf(centre))
    .then(() => quiet(centre))
    .finally(stop);
  const wanted = story.rows.filter((row) => row.startsWith('call ')).length;
  const ids = await until(() => callsSince(centre, since, wanted), {
    what: `${wanted} calls in cdr_calls`,
    deadline: 20_000,
  });
  const calls = await Promise.all(ids.map((id) => readCall(centre.db, id)));
  const zero = calls[0]?.startedAt ?? 0;
  const told = calls.flatMap((call) => (call ? tell(call, zero) : []));
  told.push(...operatorRows(await eventsSince(centre, since), zero, story));
  if (process.env['DIALHOOK_SHOW_STORIES']) {
    const shown = await Promise.all(ids.map((id) => eventsOf(centre, id)));
    process.stdout.write(`${story.file}\n${[...shown, '----', ...told].join('\n')}\n\n`);
  }
  expect(ids, `calls of\n${told.join('\n')}`).to.have.length(wanted);
  compare(story, told, tolerance, stop());
}

async function callsSince(centre: Centre, since: number, wanted: number): Promise<string[] | null> {
  const started = centre.db
    .knex('cdr_calls')
    .where({ pbx: centre.asterisk.pbx })
    .where('started_at', '>=', toDb(since));
  const ids = (await started.orderBy('started_at').pluck('call_id')) as string[];
  return ids.length >= wanted ? ids : null;
}

async function eventsSince(centre: Centre, since: number): Promise<CallEvent[]> {
  const { db, asterisk } = centre;
  const own = db.knex('events').where({ pbx: asterisk.pbx }).where('at', '>=', toDb(since));
  const lines = (await own.pluck('line')) as string[];
  return lines.map(parseLine).flatMap((parsed) => (parsed.ok ? [parsed.event] : []));
}

/** The days of the operators whom the story speaks of; what the others did meanwhile is not its business. */
function operatorRows(events: CallEvent[], zero: number, story: Story): string[] {
  const named = story.rows.flatMap((row) => /^operator\s+(\S+)/.exec(row)?.[1] ?? []);
  return tellAll(events, zero, story.given).filter((row) => named.some((who) => row.startsWith(`operator ${who} `)));
}

/** The words must be the story's; each time may differ by the tolerance. */
function compare(story: Story, told: string[], tolerance: number, stolen: number): void {
  const expected = inOrder(story.rows);
  const got = inOrder(told);
  expect(
    got.map((row) => row.words),
    told.join('\n'),
  ).to.deep.equal(expected.map((row) => row.words));
  let worst: OffTime | null = null;
  for (const [n, row] of got.entries()) {
    for (const [i, time] of row.times.entries()) {
      const wanted = expected[n]?.times[i] ?? Number.NaN;
      // Of a row with a length, that is the last number.
      const whole = row.words.includes(' s long') && i === row.times.length - 1;
      const allowed = whole ? WHOLE_SECONDS : tolerance;
      const beyond = Math.abs(time - wanted) - allowed;
      if (beyond <= (worst?.beyond ?? 0)) continue;
      const text = `${time} is not within ${allowed} s of ${wanted}: ${row.words}\nof\n${told.join('\n')}`;
      worst = new OffTime(text, beyond, stolen);
    }
  }
  if (worst) throw worst;
}

/** Everything happened as the story tells, but not when: so it is also on a machine that has too much to do. */
export class OffTime extends Error {
  /** Seconds by which the worst time is farther from the story's than is allowed. */
  readonly beyond: number;
  /** Seconds of the play that the machine had for others. */
  readonly stolen: number;

  constructor(text: string, beyond: number, stolen: number) {
    super(`${text}\nmeanwhile the machine had ${stolen.toFixed(1)} s for others`);
    this.beyond = beyond;
    this.stolen = stolen;
  }

  /** The machine took more than what is missing. */
  get excused(): boolean {
    return this.beyond <= this.stolen;
  }
}

/** How often a story is played whose rows were right and whose times were not; one that is late so often is not late by chance. */
const PLAYS = 5;
/** From this play on a machine that has no time is believed to be the reason. */
const BELIEVED = 3;

/** Plays until the times are right too. @throws what `play` throws: at once when it is no OffTime, else after some plays. */
export async function inTime(play: () => Promise<void>): Promise<void> {
  for (let n = 1; ; n += 1) {
    try {
      return await play();
    } catch (error) {
      if (!(error instanceof OffTime)) throw error;
      if (n >= BELIEVED && error.excused) return;
      if (n === PLAYS) throw error;
    }
  }
}

/** Calls that begin at once begin in any order: each call with its rows, sorted by what its first row says; then the operators. */
function inOrder(rows: string[]): ReturnType<typeof split>[] {
  const [calls, operators]: [Row[][], Row[]] = [[], []];
  for (const row of rows.map((text) => split(text.replace(/\b(\d+) s long\b/, '$1.000 s long')))) {
    if (row.words.startsWith('operator ')) operators.push(row);
    else if (row.words.startsWith('call ')) calls.push([row]);
    else calls.at(-1)?.push(row);
  }
  return [...calls.sort((a, b) => ((a[0]?.words ?? '') < (b[0]?.words ?? '') ? -1 : 1)).flat(), ...operators];
}

/** What was said of a call and of all that became one with it, as the upper part of a story. */
async function eventsOf(centre: Centre, id: string): Promise<string> {
  const { knex } = centre.db;
  const joined = (await knex('call_joins').where({ story_id: id }).pluck('call_id')) as string[];
  const own = knex('events')
    .whereIn('call_id', [id, ...joined])
    .orderBy(['at', 'id']);
  return draftOf((await own.pluck('line')) as string[]).join('\n');
}
