// Rows as columns for a terminal.

/** What would end a line, move the cursor or paint the screen: names come from callers and spreadsheets. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is shown as a sign
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Left-aligned columns, two spaces apart; an empty cell is shown as a dash, what would steer a terminal as a sign. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = [head, ...rows].map((row) => row.map((cell) => cell.replace(STEERING, '\ufffd') || '-'));
  const widths = head.map((_, i) => Math.max(...shown.map((row) => [...(row[i] ?? '')].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd();
  return `${shown.map(line).join('\n')}\n`;
}
