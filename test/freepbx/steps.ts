// What FreePBX's own dialplan did in a stretch of Asterisk's log, channel by channel: the same with and without the overlay, once
// what is made new for each call is given one name and what is ours is taken out.

/** What one channel ran, and what it was played, in order. */
export interface Did {
  channel: string;
  steps: string[];
}

const STEP = /\] pbx\.c: Executing \[(.*)@([^\]@]+):(\d+)\] (\w+)\("([^"]*)", "(.*)"\) in new stack$/;
const PLAYED = /\] file\.c: <([^>]+)> Playing '([^']+)'/;

/** Contexts that are ours from the first line to the last. */
const OURS = /^dialhook/;
/** The lines that lead into them, and where FreePBX has a NoOp, a Return or its own empty hook instead. */
const DOORS: readonly RegExp[] = [
  /^.*@from-pstn:[12] (Gosub\(dialhook-freepbx-did|Goto\(dialhook-freepbx-pstn)/,
  /^s@macro-(dialout-one|dialout-trunk|dial-ringall|dial-hunt)-predial-hook:\d+ /,
  /^(s@sub-record-cancel|s@func-apply-sipheaders|(exten|parking)@sub-record-check):1 /,
  /^s@sub-record-cancel:2 /,
  /^(q|rg)@sub-record-check:\d+ /,
  // Of what our handler of `q` and `rg` does in their place: the announcement and the call of the same check.
  /^s@sub-record-check:\d+ (NoOp\(Generic (q|rg)|Gosub\((sub-record-check,)?recordcheck,1\(\w+,(q|rg),|GotoIf\([01]\?sub-record-check,(q|rg),1)/,
  /^s@sub-record-check:20 Return/,
];

/** What FreePBX did in this stretch of log: one entry for each channel, sorted by its name and by what it did. */
export function didOf(log: string): Did[] {
  const channels = new Map<string, string[]>();
  const add = (channel: string, step: string) => {
    const steps = channels.get(channel) ?? [];
    channels.set(channel, steps);
    steps.push(step);
  };
  for (const line of log.split('\n')) {
    const [, exten = '', context = '', priority = '', app = '', channel = '', data = ''] = STEP.exec(line) ?? [];
    const [, listener = '', file = ''] = PLAYED.exec(line) ?? [];
    if (listener !== '') add(listener, tame(`hears ${file}`));
    if (context === '' || (OURS.test(context) && context !== 'dialhook-freepbx-pstn')) continue;
    const step = tame(`${exten}@${context.replace('dialhook-freepbx-pstn', 'from-pstn')}:${priority} ${app}(${data})`);
    if (!DOORS.some((door) => door.test(step))) add(channel, step);
  }
  return [...channels]
    .filter(([channel]) => !channel.startsWith('Local/s@'))
    .map(([channel, steps]) => ({ channel: tame(channel), steps }))
    .sort((a, b) => order(a.channel, b.channel) || order(a.steps.join(), b.steps.join()));
}

/** Where the second did something else than the first: what each did from there on, some lines of it; empty when they are the same. */
export function differsFrom(plain: readonly Did[], other: readonly Did[]): string {
  const lines = (all: readonly Did[]) => all.flatMap(({ channel, steps }) => steps.map((step) => `${channel} ${step}`));
  const [a, b] = [lines(plain), lines(other)];
  const at = Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, n) => a[n] !== b[n]);
  if (at < 0) return '';
  const from = Math.max(0, at - 2);
  return ['bare:', ...a.slice(from, at + 6), 'other:', ...b.slice(from, at + 6)].join('\n');
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Gives times, ids, ports and serial numbers one name each, and takes our options out of FreePBX's. */
const tame = (text: string): string =>
  text
    .replace(/\b\d{8}-\d{6}\b/g, 'TIME')
    .replace(/\b1[6-9]\d{8}(\.\d+)?\b/g, 'EPOCH')
    .replace(/\/\S+\/(spool\/voicemail\/)/g, '$1')
    .replace(/(127\.0\.0\.\d+):\d+/g, '$1:PORT')
    .replace(/-[0-9a-f]{8}(?=[;,"/)\]]|$)/g, '-N')
    .replace(/U\(dialhook-freepbx-answer\^?([^)]*)\)/g, (_, own: string) => (own === '' ? '' : `U(${own})`))
    .replace(/b\(dialhook-offer\^s\^1\)/g, '')
    .replace(/dialhook-freepbx-member/g, '');
