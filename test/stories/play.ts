// Plays a story's `play` line on a real PBX with real SIP phones. The steps are words that a person can read:
//   101 answers after 1 s · 101 rings · 101 is busy · 101 rejects · 101 is away · 101 keeps silent · client answers after 1 s
//   103 dials 101 · +998000000101 dials 5551000 · 101 clicks 5550142
//   101 transfers to 103 after 1 s · caller hangs up after 2 s · 102 hangs up after 2 s · caller gives up after 2 s · caller presses 1 after 1 s
import { setTimeout as sleep } from 'node:timers/promises';
import { busy, ignore, rejectWith, ringOnly } from '../../scripts/lab/phone.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { PATIENCE_MS, type Playing, phone, type Stage, type Step, seconds, set, talking, talkOf } from './playing.js';
import { HOLD_STEPS } from './steps-hold.js';
import { ROOM_STEPS } from './steps-rooms.js';
import { TRANSFER_STEPS } from './steps-transfer.js';

const STEPS: Step[] = [
  ...HOLD_STEPS,
  ...ROOM_STEPS,
  ...TRANSFER_STEPS,
  [/^(\S+) answers after ([\d.]+) s$/, ({ stage }, who, after) => set(stage, who, answerAfter(seconds(after)))],
  [/^(\S+) rings$/, ({ stage }, who) => set(stage, who, ringOnly)],
  [/^(\S+) is busy$/, ({ stage }, who) => set(stage, who, busy)],
  [/^(\S+) rejects$/, ({ stage }, who) => set(stage, who, rejectWith(603))],
  [/^(\S+) is out of order$/, ({ stage }, who) => set(stage, who, rejectWith(503))],
  [/^(\S+) keeps silent$/, ({ stage }, who) => set(stage, who, ignore)],
  [/^(\S+) is away$/, ({ stage }, who) => phone(stage, who).unregister()],
  [
    /^(\S+) dials (\S+)$/,
    (playing, who, number) => {
      const outside = who.startsWith('+');
      const from = outside ? { from: { number: who } } : {};
      playing.caller = (outside ? playing.stage.trunk : phone(playing.stage, who)).call(number, from);
      playing.calls.set(who, playing.caller);
    },
  ],
  [
    /^(\S+) clicks (\S+)$/,
    async (playing, who, number) => {
      playing.clicked = who;
      await playing.stage.click(who, number);
    },
  ],
  [/^(\S+) hangs up after ([\d.]+) s$/, (playing, who, after) => hangUp(playing, who, seconds(after))],
  [
    /^(\S+) transfers to (\S+) after ([\d.]+) s$/,
    async (playing, who, to, after) => {
      const call = await talkOf(phone(playing.stage, who));
      await talking(playing, call, who);
      await sleep(seconds(after));
      await call.transfer(to);
      await call.ended(PATIENCE_MS);
    },
  ],
  [
    /^(\S+) gives up after ([\d.]+) s$/,
    async ({ caller }, _who, after) => {
      await sleep(seconds(after));
      await caller?.hangup();
    },
  ],
  [
    /^(\S+) presses (\S+) after ([\d.]+) s$/,
    async ({ caller }, _who, key, after) => {
      await caller?.answered(PATIENCE_MS);
      await sleep(seconds(after));
      await caller?.press(key);
    },
  ],
];

/** The phones' plans come before the call, whatever the order of the words; then the steps follow each other. */
export async function play(steps: readonly string[], stage: Stage): Promise<void> {
  const playing: Playing = { stage, caller: null, calls: new Map(), clicked: '' };
  const isPlan = (step: string) =>
    /(answers after|rings$|is busy$|rejects$|is out of order$|keeps silent$|is away$)/.test(step);
  for (const step of [...steps.filter(isPlan), ...steps.filter((s) => !isPlan(s))]) {
    const found = STEPS.map(([pattern, act]) => ({ words: pattern.exec(step), act })).find((one) => one.words);
    if (!found?.words) throw new Error(`nobody knows how to play "${step}"`);
    await found.act(playing, ...(found.words.slice(1) as [string, string, string]));
  }
}

async function hangUp(playing: Playing, who: string, after: number): Promise<void> {
  const { stage, caller, calls } = playing;
  // A caller from outside is known by the number, an operator by the phone.
  const own = who === 'caller' ? caller : who.startsWith('+') ? calls.get(who) : null;
  const call = own ?? (await talkOf(phone(stage, who)));
  await talking(playing, call, who);
  await sleep(after);
  await call.hangup();
}
