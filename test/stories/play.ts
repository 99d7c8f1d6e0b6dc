// Plays a story's `play` line on a real PBX with real SIP phones. The steps are words that a person can read:
//   101 answers after 1 s · 101 rings · 101 is busy · 101 rejects · 101 is away · 101 keeps silent · client answers after 1 s
//   103 dials 101 · +998000000101 dials 5551000 · 101 clicks 5550142
//   101 transfers to 103 after 1 s · caller hangs up after 2 s · 102 hangs up after 2 s · caller gives up after 2 s · caller presses 1 after 1 s
import { setTimeout as sleep } from 'node:timers/promises';
import { busy, ignore, type Phone, type PhoneCall, rejectWith, ringOnly } from '../../scripts/lab/phone.js';
import { answerAfter } from '../../scripts/lab/phone-plan.js';
import { until } from '../../scripts/lab/wait.js';

export interface Stage {
  /** Operators' phones by endpoint, registered. */
  phones: ReadonlyMap<string, Phone>;
  /** The far end of the trunk: calls from outside come from it, calls to outside reach it. */
  trunk: Phone;
  /** Click-to-call for an operator; gives the call's id. */
  click(operator: string, number: string): Promise<void>;
}

interface Playing {
  stage: Stage;
  caller: PhoneCall | null;
  /** The operator who clicked, whose phone then is the caller. */
  clicked: string;
}

type Step = [RegExp, (playing: Playing, ...words: string[]) => Promise<void> | void];

const seconds = (text: string) => Number(text) * 1000;
/** Longest time a step waits for what must come before it. */
const PATIENCE_MS = 20_000;

const STEPS: Step[] = [
  [/^(\S+) answers after ([\d.]+) s$/, ({ stage }, who, after) => set(stage, who, answerAfter(seconds(after)))],
  [/^(\S+) rings$/, ({ stage }, who) => set(stage, who, ringOnly)],
  [/^(\S+) is busy$/, ({ stage }, who) => set(stage, who, busy)],
  [/^(\S+) rejects$/, ({ stage }, who) => set(stage, who, rejectWith(603))],
  [/^(\S+) keeps silent$/, ({ stage }, who) => set(stage, who, ignore)],
  [/^(\S+) is away$/, ({ stage }, who) => phone(stage, who).unregister()],
  [
    /^(\S+) dials (\S+)$/,
    (playing, who, number) => {
      const outside = who.startsWith('+');
      const from = outside ? { from: { number: who } } : {};
      playing.caller = (outside ? playing.stage.trunk : phone(playing.stage, who)).call(number, from);
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
  const playing: Playing = { stage, caller: null, clicked: '' };
  const isPlan = (step: string) => /(answers after|rings$|is busy$|rejects$|keeps silent$|is away$)/.test(step);
  for (const step of [...steps.filter(isPlan), ...steps.filter((s) => !isPlan(s))]) {
    const found = STEPS.map(([pattern, act]) => ({ words: pattern.exec(step), act })).find((one) => one.words);
    if (!found?.words) throw new Error(`nobody knows how to play "${step}"`);
    await found.act(playing, ...(found.words.slice(1) as [string, string, string]));
  }
}

const phone = (stage: Stage, who: string): Phone => {
  const found = who === 'client' ? stage.trunk : stage.phones.get(who);
  if (!found) throw new Error(`there is no phone "${who}" in this story`);
  return found;
};

function set(stage: Stage, who: string, plan: Phone['plan']): void {
  phone(stage, who).plan = plan;
}

async function hangUp(playing: Playing, who: string, after: number): Promise<void> {
  const { stage, caller } = playing;
  const call = who === 'caller' && caller ? caller : await talkOf(phone(stage, who));
  await talking(playing, call, who);
  await sleep(after);
  await call.hangup();
}

/** A talk begins when both sides are up; a queue answers its caller long before an operator does. */
async function talking({ stage }: Playing, call: PhoneCall, who: string): Promise<void> {
  const all = () => [...stage.phones.values(), stage.trunk].flatMap((one) => one.calls());
  const both = () => call.state === 'up' && all().filter((one) => one.state === 'up').length >= 2;
  await until(both, { what: `${who} talks`, deadline: PATIENCE_MS });
}

const talkOf = (who: Phone): Promise<PhoneCall> =>
  until(() => who.calls().find((call) => call.state === 'up'), {
    what: `${who.user} is in a call`,
    deadline: PATIENCE_MS,
  });
