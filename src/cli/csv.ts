// Pure. Reads and writes CSV as spreadsheets do (RFC 4180; comma or semicolon; a byte order mark is dropped).

export interface CsvRow {
  /** Number of the line the row begins on, from 1. */
  line: number;
  cells: string[];
}

/** Rows that hold anything, cells trimmed. A quote that is never closed is an error of its row. */
export function parseCsv(text: string): { rows: CsvRow[]; unclosed: number | null } {
  const source = text.replace(/^\uFEFF/, '');
  const separator = /^[^\n]*;/.test(source) && !/^[^\n;]*,/.test(source) ? ';' : ',';
  const rows: CsvRow[] = [];
  let row: CsvRow = { line: 1, cells: [] };
  let cell = '';
  let line = 1;
  let quotedSince: number | null = null;
  const endCell = () => {
    row.cells.push(cell.trim().replace(/^'(?=[=+\-@'])/, ''));
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.cells.some((one) => one !== '')) rows.push(row);
    row = { line: line + 1, cells: [] };
  };
  for (let i = 0; i < source.length; i++) {
    const char = source[i] ?? '';
    if (quotedSince !== null) {
      if (char !== '"') cell += char;
      else if (source[i + 1] === '"') cell += source[++i];
      else quotedSince = null;
    } else if (char === '"' && cell.trim() === '') {
      cell = '';
      quotedSince = line;
    } else if (char === separator) endCell();
    else if (char === '\n') endRow();
    else if (char !== '\r') cell += char;
    if (char === '\n') line += 1;
  }
  endRow();
  return { rows, unclosed: quotedSince };
}

/** A telephone number begins with +, and is no formula. */
const NUMBER = /^\+?[0-9]+$/;

/**
 * A line of CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe, which spreadsheets do not show and
 * parseCsv takes away again.
 */
export function csvLine(cells: readonly string[]): string {
  const safe = (cell: string) => (/^[\s]*[=+\-@']/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);
  const quoted = (cell: string) => (/[",;\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${cells.map((cell) => quoted(safe(cell))).join(',')}\r\n`;
}
