import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Check, type Finding, fail, ok, skip, warn } from './check.js';

/** The files into which the dialplan writes while no server answers: they must be where Asterisk can make them and we can read them. */
export const spool: Check = {
  name: 'spool',
  needs: [],
  async look({ config: { spoolFile } }) {
    if (spoolFile.length === 0)
      return skip('no spool file is configured (DIALHOOK_SPOOL_FILE): what no server takes is not read in');
    const said: Finding[] = [];
    for (const file of spoolFile) said.push(await look(file));
    const worst = said.find((one) => one.state === 'fail') ?? said.find((one) => one.state === 'warn');
    return worst ?? ok(said.map((one) => one.says).join('; '));
  },
};

async function look(file: string): Promise<Finding> {
  const folder = path.dirname(file);
  const found = await stat(folder).catch(() => null);
  const owner = "make it and give it to Asterisk's user: Asterisk makes the file, never the folder.";
  if (found === null)
    return fail(`the folder ${folder} of the spool file is not there: events would be lost`, `Folder: ${owner}`);
  if (found.uid === 0 && (found.mode & 0o022) === 0)
    return warn(
      `only root may write into ${folder}: if Asterisk runs as another user, events would be lost`,
      `Give ${folder} to Asterisk's user (chown asterisk).`,
    );
  try {
    // The server renames the file away before it reads it, so it needs the folder too.
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    return fail(
      `this user may not take files out of ${folder}`,
      'Run the server in the group of Asterisk and let the group write there.',
    );
  }
  const lines = await countLines(file);
  if (lines === 'unreadable')
    return fail(
      `${file} can not be read by this user`,
      'Run the server in the group of Asterisk and let the group read it.',
    );
  if (lines === 0) return ok(`${file} is empty`);
  return warn(
    `${lines} events wait in ${file}`,
    'A running server with the role agi reads them in within seconds; if they stay, look into its log.',
  );
}

async function countLines(file: string): Promise<number | 'unreadable'> {
  let lines = 0;
  try {
    for await (const chunk of createReadStream(file)) for (const byte of chunk as Buffer) if (byte === 10) lines += 1;
    return lines;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 0 : 'unreadable';
  }
}
