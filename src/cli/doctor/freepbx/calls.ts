// Every hook proven by a call through it. The calls are Local channels into dialplan/freepbx/doctor.conf, dial nobody, and speak with a
// FastAGI server of the doctor's own, so the real server never hears of them.
import { fastagi } from '../../../agi/index.js';
import { parseDialplanShow } from '../../../freepbx/hooks/dialplan-show.js';
import { type Check, type Eye, type Finding, fail, ok, skip } from '../check.js';
import { knows } from '../dialplan.js';
import { isServed, loaded } from './hooks.js';
import type { FreepbxHost } from './host.js';
import { PLACES, type Place } from './places.js';

const TEST_CONTEXT = 'dialhook-freepbx-doctor';
/** Of one test call, ms: it lasts some milliseconds, the lines that a macro hands to a carrier some more. */
const CALL_MS = 3000;
const AGAIN = 'dialhook freepbx upgrade && fwconsole reload';
/** Matches from-pstn-custom; hung up by the doctor at the first hook, before any route is looked for. */
const NOBODY = '000';

interface Heard {
  /** Kinds of events, by the channel that speaks. */
  kinds: Set<string>;
  /** What the place made of FreePBX's options; null while it has not come back. */
  returned: string | null;
}

export const freepbxCalls: Check = {
  name: 'freepbx-calls',
  needs: ['manager-rights'],
  async look(eye) {
    const host = await eye.probes.freepbxHost();
    if (host === null) return skip('there is no FreePBX on this host');
    if (!(await knows(eye, TEST_CONTEXT)))
      return fail(`the PBX does not know ${TEST_CONTEXT}: the hooks of this version are not installed`, AGAIN);
    // While no server answers the hooks ask nobody and write into the spool: a test would become a call that never was.
    const skipUntil = Number((await (await eye.manager()).action('Getvar', { Variable: 'DH_SKIP' })).get('Value') ?? 0);
    if (skipUntil * 1000 > eye.probes.now())
      return skip(
        'the hooks ask no server now, because the last answers were missing; start it, and look again in a minute',
      );
    const contexts = await loaded(host);
    const places = PLACES.filter((place) => isServed(place, contexts));
    const kind = (await byMacro(host)) ? 'macro' : 'gosub';
    const tried = await Promise.all(places.map((place) => tryPlace(eye, place, kind)));
    const found = tried.filter((one) => one !== null);
    if (found.length > 0) return found;
    return ok(`a test call went through each of ${places.length} hooks and on; nothing rang`);
  },
};

/** FreePBX 15 and 16 reach their hooks by Macro(): what is loaded says so. */
async function byMacro(host: FreepbxHost): Promise<boolean> {
  const read = parseDialplanShow(await host.console('dialplan show macro-dial-one'));
  const steps = read.get('macro-dial-one')?.extensions.flatMap((one) => one.priorities) ?? [];
  return steps.some(({ app, data }) => /^macro$/i.test(app) && data.startsWith('dialout-one-predial-hook'));
}

async function tryPlace(eye: Eye, place: Place, kind: 'macro' | 'gosub'): Promise<Finding | null> {
  const heard: Heard = { kinds: new Set(), returned: null };
  let resolve: () => void = () => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  // The goodbye is waited for as well: what finds the doctor gone opens everybody's breaker.
  const ends = place.events.some((one) => one === 'call' || one === 'ring');
  const awaited = [...place.events, ...(ends ? ['end'] : [])];
  const isDone = () =>
    awaited.every((one) => heard.kinds.has(one)) && (heard.returned !== null || place.test === 'did');
  const look = () => isDone() && resolve();
  const app = listener(place, heard, look);
  let timer: NodeJS.Timeout | undefined;
  try {
    const port = await new Promise<number>((listens) => {
      const server = app.listen(0, () => listens((server.address() as { port: number }).port));
    });
    const at = place.test === 'did' ? `${NOBODY}@from-pstn` : `${place.test}@${TEST_CONTEXT}`;
    await (await eye.manager()).action('Originate', {
      ...{ Channel: `Local/${at}/n`, Context: 'dialhook-sink', Exten: 's', Priority: '1', Timeout: String(CALL_MS) },
      ...{ Async: 'true', CallerID: `doctor <${NOBODY}>` },
      // A doctor on a busy host may be slow, and shall not be taken for a frozen server.
      Variable: {
        __DH_AGI: `127.0.0.1:${port}`,
        __DH_SPOOL: '/dev/null',
        __DH_BOUND: '3',
        __DH_DOCTOR: kind,
      },
    });
    timer = setTimeout(resolve, CALL_MS);
    await done;
  } finally {
    clearTimeout(timer);
    await app.close();
  }
  return judge(place, heard);
}

function listener(place: Place, heard: Heard, look: () => void) {
  const app = fastagi({ closeMs: 500 });
  app.agi('/event', async (channel) => {
    const kind = new URLSearchParams(channel.args.join(',')).get('event') ?? '';
    heard.kinds.add(kind);
    await channel.setVariable('DH_ACK', 1);
    // Nothing of FreePBX's way in shall be gone: the first word of the hook is the proof.
    if (place.test === 'did' && kind === 'call') {
      await channel.exec('NoCDR').catch(() => undefined);
      // Its goodbye shall find no line without an answer: that would open everybody's breaker.
      await channel.setVariable('DH_PENDING', '');
      await channel.hangup();
    }
    look();
  });
  app.agi('/returned', async (channel) => {
    heard.returned = decodeURIComponent(channel.args[1] ?? '');
    look();
  });
  return app;
}

function judge(place: Place, { kinds, returned }: Heard): Finding | null {
  const name = `[${place.context}] ${place.exten}`;
  const where = `context ${place.context}`;
  const missing = place.events.filter((one) => !kinds.has(one));
  if (returned === null && place.test !== 'did')
    return {
      ...fail(
        `a call through ${name} did not come back: it ends as this FreePBX's hooks do not end, and calls die there`,
        `Look at its last line: asterisk -rx "dialplan show ${place.context}". Then: ${AGAIN}`,
      ),
      where,
    };
  if (missing.length > 0)
    return { ...fail(`a call through ${name} told nothing of ${missing.join(' and ')}: ${place.costs}`, AGAIN), where };
  const dials = place.events.includes('dial');
  if (dials && !returned?.includes('dialhook-freepbx-answer'))
    return { ...fail(`${name} does not put our U() among the options: no answer is seen`, AGAIN), where };
  return null;
}
