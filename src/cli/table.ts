// Rows as columns for a terminal.

/** Left-aligned columns, two spaces apart; an empty cell is shown as a dash. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = [head, ...rows].map((row) => row.map((cell) => cell || '-'));
  const widths = head.map((_, i) => Math.max(...shown.map((row) => [...(row[i] ?? '')].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd();
  return `${shown.map(line).join('\n')}\n`;
}
