// docs/commands.md, whole, from the help texts of the commands. A test keeps the file equal to it.
import { USAGE } from './cli.js';
import { COMMANDS } from './commands/index.js';
import { CHECKS } from './doctor/index.js';

const block = (text: string) => `\`\`\`\n${text}\`\`\`\n`;

export function commandsDocument(): string {
  const each = COMMANDS.map(({ name, usage }) => `## dialhook ${name}\n\n${block(usage)}`);
  return `# Commands

<!-- Made from the help texts in src/cli; change them there. -->

${block(USAGE)}
Exit codes: 0 done, 1 failed or bad news (what and what to do stands on standard error), 2 wrong usage.

${each.join('\n')}
The doctor looks, in this order, at: configuration, ${CHECKS.map((check) => check.name).join(', ')}.
`;
}
