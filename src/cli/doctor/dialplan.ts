import { type Check, type Eye, fail, ok, warn } from './check.js';

/** Contexts of dialplan/ without which calls are not recorded, and those that clicks and feature codes need. */
export const HOOK_CONTEXTS = [
  'dialhook',
  'dialhook-event',
  'dialhook-bound',
  'dialhook-send',
  'dialhook-spool',
  'dialhook-ring',
  'dialhook-answer',
  'dialhook-end',
  'dialhook-queue',
  'dialhook-offer',
] as const;
export const CLICK_CONTEXTS = ['dialhook-actions', 'dialhook-operator', 'dialhook-sink', 'dialhook-features'] as const;

const MEND = 'Include dialhook/dialhook.conf in extensions.conf and run `asterisk -rx "dialplan reload"`.';

/** Our dialplan is loaded. ShowDialPlan needs the right reporting only. */
export const dialplan: Check = {
  name: 'dialplan',
  needs: ['manager-rights'],
  async look(eye) {
    const hooks = await missing(eye, HOOK_CONTEXTS);
    if (hooks.length > 0) return fail(`the PBX does not know ${hooks.join(', ')}: calls are not recorded`, MEND);
    const clicks = await missing(eye, CLICK_CONTEXTS);
    if (clicks.length > 0)
      return warn(`the PBX does not know ${clicks.join(', ')}: clicks or feature codes do not work`, MEND);
    return ok(`all ${HOOK_CONTEXTS.length + CLICK_CONTEXTS.length} contexts of Dialhook are loaded`);
  },
};

async function missing(eye: Eye, contexts: readonly string[]): Promise<string[]> {
  const absent: string[] = [];
  for (const context of contexts) if (!(await knows(eye, context))) absent.push(context);
  return absent;
}

/** Whether the PBX has a context; it says "Did not find context" when it has not. */
export async function knows(eye: Eye, context: string): Promise<boolean> {
  try {
    await (await eye.manager()).action('ShowDialPlan', { Context: context });
    return true;
  } catch (error) {
    if (
      /did not find/i.test(
        error instanceof Error ? `${error.message} ${String(Reflect.get(error, 'reason') ?? '')}` : '',
      )
    )
      return false;
    throw error;
  }
}
