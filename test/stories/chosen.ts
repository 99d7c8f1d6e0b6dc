// Which tests this run was asked for. Mocha tells its tests nothing of -g, and stories are played before their test comes.

/**
 * True when the run was not told to leave this test out: by mocha's -g or -f, which look at the whole title, or by
 * DIALHOOK_STORIES, which looks at the test's own.
 */
export function chosen(suite: string, title: string, argv: readonly string[] = process.argv): boolean {
  const whole = `${suite} ${title}`;
  const [pattern, text] = [optionOf(argv, '-g', '--grep'), optionOf(argv, '-f', '--fgrep')];
  if (pattern !== undefined && !new RegExp(pattern).test(whole)) return false;
  if (text !== undefined && !whole.includes(text)) return false;
  return new RegExp(process.env['DIALHOOK_STORIES'] ?? '', 'i').test(title);
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
