import { type Check, fail, ok, warn } from './check.js';

/** An action and the right of manager.conf that it shows. */
const NEEDED = [
  ['Originate', 'originate'],
  ['CoreShowChannels', 'reporting'],
] as const;
/** Rights that Dialhook does not use, and that turn a stolen secret into a stolen PBX. */
const TOO_MUCH = [
  ['Command', 'command'],
  ['ModuleLoad', 'system'],
  ['UpdateConfig', 'config'],
] as const;

/** The manager's user may do what is needed, and not much more. ListCommands names only what the user may do. */
export const rights: Check = {
  name: 'manager-rights',
  needs: ['manager'],
  async look({ manager }) {
    const commands = await (await manager()).action('ListCommands');
    const may = (action: string) => commands.get(action) !== undefined;
    const missing = NEEDED.filter(([action]) => !may(action)).map(([, right]) => right);
    if (missing.length > 0)
      return fail(
        `the user of manager.conf lacks ${missing.join(' and ')}`,
        'Write in its section: write = originate,reporting and read = call,agent.',
      );
    const much = TOO_MUCH.filter(([action]) => may(action)).map(([, right]) => right);
    if (much.length > 0)
      return warn(
        `the user of manager.conf has more rights than Dialhook needs: ${much.join(', ')}`,
        'Write in its section: write = originate,reporting.',
      );
    return ok('the user of manager.conf may originate and report, and nothing dangerous');
  },
};
