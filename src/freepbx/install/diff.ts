// Pure. A unified difference of two texts, for a person who wants to see what will be changed. The files are small and our lines few:
// what is equal at both ends is taken off, the longest common part of the rest is found by the plain table.

const CONTEXT = 3;
/** Rows times columns of the table at most; beyond it the middle is shown as replaced as a whole. */
const MOST_CELLS = 4_000_000;

interface Mark {
  sign: ' ' | '+' | '-';
  text: string;
}

/** `null` is a file that is not there. Empty when both are the same. */
export function unified(path: string, before: string | null, after: string | null): string {
  if (before === after) return '';
  const marks = compare(linesOf(before ?? ''), linesOf(after ?? ''));
  const head = `--- ${before === null ? '/dev/null' : path}\n+++ ${after === null ? '/dev/null' : path}\n`;
  return head + hunks(marks).join('');
}

const NO_END = '\n\\ No newline at end of file';

const linesOf = (text: string): string[] => {
  if (text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop();
  return last === undefined || last === '' ? lines : [...lines, last + NO_END];
};

function compare(a: readonly string[], b: readonly string[]): Mark[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const same = (text: string): Mark => ({ sign: ' ', text });
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

function middle(a: readonly string[], b: readonly string[]): Mark[] {
  if (a.length * b.length > MOST_CELLS || a.length === 0 || b.length === 0)
    return [...a.map((text): Mark => ({ sign: '-', text })), ...b.map((text): Mark => ({ sign: '+', text }))];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const marks: Mark[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      marks.push({ sign: ' ', text: left });
      i += 1;
      j += 1;
    } else if (right === undefined || (left !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      marks.push({ sign: '-', text: left ?? '' });
      i += 1;
    } else {
      marks.push({ sign: '+', text: right });
      j += 1;
    }
  }
  return marks;
}

function hunks(marks: readonly Mark[]): string[] {
  const near = marks.map((_, i) =>
    marks.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const found: string[] = [];
  let [old, now] = [1, 1];
  let hunk: { old: number; now: number; marks: Mark[] } | null = null;
  const close = () => {
    if (hunk !== null) found.push(shown(hunk));
    hunk = null;
  };
  for (const [i, mark] of marks.entries()) {
    if (near[i] === true) {
      hunk ??= { old, now, marks: [] };
      hunk.marks.push(mark);
    } else close();
    if (mark.sign !== '+') old += 1;
    if (mark.sign !== '-') now += 1;
  }
  close();
  return found;
}

function shown({ old, now, marks }: { old: number; now: number; marks: Mark[] }): string {
  const count = (sign: '+' | '-') => marks.filter((one) => one.sign !== sign).length;
  const range = (from: number, lines: number) => `${lines === 0 ? from - 1 : from}${lines === 1 ? '' : `,${lines}`}`;
  const body = marks.map(({ sign, text }) => `${sign}${text}\n`).join('');
  return `@@ -${range(old, count('+'))} +${range(now, count('-'))} @@\n${body}`;
}
