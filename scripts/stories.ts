// Every story, everywhere: node --import tsx scripts/stories.ts [-g pattern] | --doc
//   on the fold, in 200 shuffled orders with every event twice, on Asterisk 16 and on 22 with real phones.
// -g takes the stories whose file or title matches. --doc writes docs/stories.md and runs nothing.
import { writeFileSync } from 'node:fs';
import { allStories } from '../test/stories/story.js';
import { onLeaving } from './lab/leaving.js';
import { STORIES_DOC, storiesDoc, storyText } from './stories/doc.js';
import { runStories } from './stories/run.js';
import { exitCode, formatTable } from './stories/table.js';

const USAGE = 'usage: node --import tsx scripts/stories.ts [-g pattern] | --doc\n';
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(args: string[]): Promise<number> {
  if (args.length === 1 && args[0] === '--doc') {
    writeFileSync(STORIES_DOC, storiesDoc(allStories(), storyText));
    return 0;
  }
  const [option, pattern = '', ...rest] = args;
  if (rest.length > 0 || (option !== undefined && (option !== '-g' || pattern === ''))) {
    process.stderr.write(USAGE);
    return 2;
  }
  const stories = allStories().filter(({ file, title }) => new RegExp(pattern, 'i').test(`${file}: ${title}`));
  if (stories.length === 0) {
    process.stderr.write(`no story's file or title matches "${pattern}"\n`);
    return 2;
  }
  const report = await runStories(stories, pattern, print);
  const ci = process.env['CI'] === 'true';
  print(formatTable(report, ci));
  return exitCode(report, ci);
}

onLeaving(async () => print('\ninterrupted; what was started is being stopped'));
process.exitCode = await main(process.argv.slice(2));
