// Which tests this run was asked for. Mocha tells its tests nothing of -g, and stories are played before their test comes.

/** True when the run was not told to leave the test of this full title out, by mocha's -g, -f or DIALHOOK_STORIES. */
export function chosen(fullTitle: string, argv: readonly string[] = process.argv): boolean {
  const pattern = optionOf(argv, '-g', '--grep') ?? process.env['DIALHOOK_STORIES'];
  const text = optionOf(argv, '-f', '--fgrep');
  if (pattern !== undefined && !new RegExp(pattern).test(fullTitle)) return false;
  return text === undefined || fullTitle.includes(text);
}

/** True when some were left out: what must hold over all stories cannot be asked then. */
export const isSelection = (argv: readonly string[] = process.argv): boolean =>
  ['-g', '--grep', '-f', '--fgrep'].some((name) => optionOf(argv, name) !== undefined) ||
  process.env['DIALHOOK_STORIES'] !== undefined;

function optionOf(argv: readonly string[], ...names: string[]): string | undefined {
  for (const [i, word] of argv.entries()) {
    if (names.includes(word)) return argv[i + 1];
    const name = names.find((one) => one.startsWith('--') && word.startsWith(`${one}=`));
    if (name !== undefined) return word.slice(name.length + 1);
  }
  return undefined;
}
