// Steps of a played story around handing calls over: transfers, parking, picking up, forwards, a second call at a phone.
//   101 sends its calls to 102 (SIP 302) · 101 forwards no_answer calls to 109 (by code; every, busy, no_answer, offline)
//   101 keys #1 103 after 1 s · 101 keys *2 103 after 1 s · 103 is asked · 101 keys *1 after 1 s
//   101 asks 103 after 1 s, then 101 joins them after 1 s or 101 takes back after 1 s
//   101 rings up 103 after 1 s: asks, and does not wait for the answer, so that the two are joined while 103 still rings
//   administrator moves the caller to support after 1 s
//   administrator transfers 101 to 103 after 1 s · administrator lets 101 ask 103 after 1 s
//   parking is 3 s · 102 takes 701 after 1 s · 102 picks up 101 after 1 s · 102 picks up in the group after 1 s, where 101 is ringing
//   102 dials 101 after 1 s of talk · 101 rejects from now on · 101 rings from now on
import { setTimeout as sleep } from 'node:timers/promises';
import { movedTo, type Phone, type PhoneCall, rejectWith, ringOnly } from '../../scripts/lab/phone.js';
import { until } from '../../scripts/lab/wait.js';
import { PATIENCE_MS, type Playing, phone, type Step, seconds, set, talking, talkOf } from './playing.js';

const everyone = ({ stage }: Playing): PhoneCall[] =>
  [...stage.phones.values(), stage.trunk].flatMap((one) => one.calls());

/** The call somebody talks in, once there is a talk, some time after that. */
async function talkAfter(playing: Playing, who: string, after: string): Promise<PhoneCall> {
  const call = await talkOf(phone(playing.stage, who));
  await talking(playing, call, who);
  await sleep(seconds(after));
  return call;
}

/** The channel of a phone, as the manager interface wants it named. */
async function channelOf({ stage }: Playing, who: string): Promise<string> {
  const shown = await stage.console('core show channels concise');
  const name = shown
    .split('\n')
    .map((line) => line.split('!')[0] ?? '')
    .find((channel) => channel.startsWith(`PJSIP/${who}-`));
  if (name === undefined) throw new Error(`no channel of ${who} is among:\n${shown}`);
  return name;
}

/** Presses a code, waits until the PBX asks for the number (its prompt is the first sound in such a call), and presses that. */
async function key(call: PhoneCall, own: Phone, code: string, number: string): Promise<void> {
  const silent = own.packets();
  await call.press(code);
  if (number === '') return;
  await until(() => own.packets() > silent, { what: `the PBX asks ${own.user} for a number`, deadline: PATIENCE_MS });
  await call.press(number);
}

/** Holds the talk that a phone is in, and dials somebody on a second line. */
async function consultation(playing: Playing, who: string, to = '', after = '0'): Promise<PhoneCall> {
  const call = await talkAfter(playing, who, after);
  await call.hold();
  const consult = phone(playing.stage, who).call(to);
  playing.calls.set(OF_CONSULT, consult);
  return consult;
}

/** The codes of dialhook-features that forward a phone's calls. */
const FORWARD_CODES: Record<string, string> = { every: '*21', busy: '*22', no_answer: '*23', offline: '*24' };
const isUp = (call: PhoneCall) => call.state === 'up';
const OF_CONSULT = 'asks';

export const TRANSFER_STEPS: Step[] = [
  [/^(\d+) rejects from now on$/, ({ stage }, who) => set(stage, who, rejectWith(603))],
  [/^(\d+) rings from now on$/, ({ stage }, who) => set(stage, who, ringOnly)],
  [
    /^parking is (\d+) s$/,
    async ({ stage }, long) => void (await stage.console(`dialplan set global DH_PARK_TIME ${long}`)),
  ],
  [/^(\d+) is asked$/, async ({ stage }, who) => void (await talkOf(phone(stage, who)))],
  [/^(\S+) sends its calls to (\S+)$/, ({ stage }, who, to) => set(stage, who, movedTo(to))],
  [
    /^(\d+) forwards (every|busy|no_answer|offline) calls to (\S+)$/,
    async ({ stage }, who, when, to) =>
      void (await phone(stage, who)
        .call(`${FORWARD_CODES[when ?? '']}${to}`)
        .ended(PATIENCE_MS)),
  ],
  [
    /^(\d+) keys (\S+) (?:(\S+) )?after ([\d.]+) s$/,
    async (playing, who, code, number, after) => {
      const call = await talkAfter(playing, who, after ?? '0');
      await key(call, phone(playing.stage, who), code, number ?? '');
    },
  ],
  [
    /^(\d+) asks (\S+) after ([\d.]+) s$/,
    async (playing, who, to, after) => {
      const consult = await consultation(playing, who, to, after);
      await consult.answered(PATIENCE_MS);
    },
  ],
  [
    /^(\d+) rings up (\S+) after ([\d.]+) s$/,
    async (playing, who, to, after) => {
      const consult = await consultation(playing, who, to, after);
      await consult.waitFor('ringing_received', PATIENCE_MS);
    },
  ],
  [
    /^(\d+) joins them after ([\d.]+) s$/,
    async (playing, who, after) => {
      await sleep(seconds(after));
      const consult = playing.calls.get(OF_CONSULT);
      const first = phone(playing.stage, who)
        .calls()
        .find((call) => isUp(call) && call !== consult);
      if (!consult || !first) throw new Error(`${who} has not two calls to join`);
      await first.transferTo(consult);
      await first.ended(PATIENCE_MS);
    },
  ],
  [
    /^(\d+) takes back after ([\d.]+) s$/,
    async (playing, who, after) => {
      await sleep(seconds(after));
      await playing.calls.get(OF_CONSULT)?.hangup();
      await (await talkOf(phone(playing.stage, who))).resume();
    },
  ],
  [
    /^administrator transfers (\d+) to (\S+) after ([\d.]+) s$/,
    async (playing, who, to, after) => {
      const call = await talkAfter(playing, who, after);
      const Channel = await channelOf(playing, who);
      await playing.stage.ami.action('BlindTransfer', { Channel, Exten: to, Context: 'dialhook-transfer' });
      await call.ended(PATIENCE_MS);
    },
  ],
  [
    // From one queue into another, from outside the dialplan: the first queue tells no leave.
    /^administrator moves the caller to (\w+) after ([\d.]+) s$/,
    async (playing, queue, after) => {
      const rings = () => everyone(playing).some((call) => call.state === 'ringing');
      await until(rings, { what: 'a phone rings for the caller', deadline: PATIENCE_MS });
      await sleep(seconds(after));
      const Channel = await channelOf(playing, 'trunk');
      await playing.stage.ami.action('Redirect', { Channel, Context: queue, Exten: 's', Priority: '1' });
    },
  ],
  [
    /^administrator lets (\d+) ask (\S+) after ([\d.]+) s$/,
    async (playing, who, to, after) => {
      await talkAfter(playing, who, after);
      const Channel = await channelOf(playing, who);
      await playing.stage.ami.action('Atxfer', { Channel, Exten: to, Context: 'dialhook-transfer' });
      await talkOf(phone(playing.stage, to));
    },
  ],
  [
    /^(\d+) takes (7\d{1,2}) after ([\d.]+) s$/,
    async (playing, who, slot, after) => {
      const { stage } = playing;
      const parked = async () =>
        (await stage.console('parking show default')).match(new RegExp(`Space\\s*:\\s*${slot}\\b`)) !== null;
      await until(parked, { what: `somebody is parked at ${slot}`, deadline: PATIENCE_MS, every: 100 });
      await sleep(seconds(after));
      playing.calls.set(who, phone(stage, who).call(slot));
      // He is answered half a second before the PBX hands him the call.
      await until(async () => !(await parked()), { what: `${slot} is taken`, deadline: PATIENCE_MS, every: 50 });
    },
  ],
  [
    /^(\d+) picks up (in the group|\d+) after ([\d.]+) s(?:, where (\d+) is ringing)?$/,
    async (playing, who, what, after, where) => {
      const { stage } = playing;
      const ringing = phone(stage, where ?? what);
      const rings = () => ringing.calls().some((call) => call.state === 'ringing');
      await until(rings, { what: `${ringing.user} rings`, deadline: PATIENCE_MS });
      await sleep(seconds(after));
      playing.calls.set(who, phone(stage, who).call(what === 'in the group' ? '*8' : `*8${what}`));
      // The one who takes it is answered at once, the call itself only when the other phone has stopped ringing.
      await until(() => !rings(), { what: `${ringing.user} is silent`, deadline: PATIENCE_MS });
    },
  ],
  [
    /^(\S+) dials (\S+) after ([\d.]+) s of talk$/,
    async (playing, who, number, after) => {
      await until(() => everyone(playing).filter(isUp).length >= 2, { what: 'a talk', deadline: PATIENCE_MS });
      await sleep(seconds(after));
      playing.calls.set(who, phone(playing.stage, who).call(number));
    },
  ],
];
