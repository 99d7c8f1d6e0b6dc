// Reads docs/events.md into its parts, so that tests can hold it against the code.
import { fileURLToPath } from 'node:url';

export const EVENTS_DOC = fileURLToPath(new URL('../../docs/events.md', import.meta.url));

export interface DocField {
  name: string;
  meaning: string;
  example: string;
}

export interface DocKind {
  name: string;
  sentence: string;
  when: string;
  sentBy: {
    /** Extensions of the dialplan, `context,exten`. */
    places: string[];
    /** Events and actions of the manager interface. */
    ami: string[];
    server: boolean;
  };
  fields: DocField[];
  line: string;
}

export function readEventsDoc(text: string): { common: DocField[]; kinds: DocKind[] } {
  const [head = '', ...sections] = text.split(/^## (?=`)/m);
  return { common: fieldsIn(head), kinds: sections.map(readKind) };
}

function readKind(section: string): DocKind {
  const lines = section.split('\n');
  const after = (label: string) =>
    lines
      .find((line) => line.startsWith(label))
      ?.slice(label.length)
      .trim() ?? '';
  const sent = after('Sent by:');
  const [, ami = ''] = sent.split('AMI ');
  const ticked = (part: string) => [...part.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  return {
    name: /^`(\w+)`/.exec(section)?.[1] ?? '',
    sentence: lines[1] ?? '',
    when: after('When:'),
    sentBy: {
      places: ticked(sent).filter((word) => word.includes(',')),
      ami: ticked(ami).filter((word) => !word.includes(',')),
      server: /\bthe server\b/.test(sent),
    },
    fields: fieldsIn(section),
    line: lines.find((line) => line.startsWith('    v=1'))?.trim() ?? '',
  };
}

/** The rows of the tables with the columns field, meaning, example. */
function fieldsIn(text: string): DocField[] {
  const rows = text.split('\n').filter((line) => /^\| `/.test(line));
  return rows.map((row) => {
    const [, name = '', meaning = '', example = ''] = row.split(' | ').length >= 3 ? cells(row) : [];
    return { name, meaning, example };
  });
}

function cells(row: string): string[] {
  const [name = '', meaning = '', example = ''] = row.replace(/^\| | \|$/g, '').split(' | ');
  return ['', name.replace(/`/g, ''), meaning, example.replace(/^`|`$/g, '')];
}
