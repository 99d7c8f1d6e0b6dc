// The contexts that FreePBX's core ships in extensions.conf, written back from what `dialplan show` said they were.

const CONTEXT = /^\[ Context '([^']+)' created by /;
const INCLUDE = /^ {2}Include => +'([^']+)'/;
const PRIORITY =
  /^ {2}(?:'([^']*)'(?: \(CID match '([^']*)'\))? => +| +(?:\[([^\]]+)\] +)?)(\d+)\. (\w+)\((.*)\) +\[[^[\]]*\]$/;

/**
 * Turns the output of `dialplan show` into the dialplan it was made from: contexts, extensions with caller-ID match,
 * priorities with labels, includes in their order.
 * @throws Error naming the line that is none of these.
 */
export function dialplanOf(shown: string): string {
  const lines: string[] = [];
  let exten = '';
  for (const line of shown.split('\n').filter((text) => text.trim() !== '')) {
    const context = CONTEXT.exec(line)?.[1];
    const include = INCLUDE.exec(line)?.[1];
    const priority = PRIORITY.exec(line);
    if (context !== undefined) lines.push(`\n[${context}]`);
    else if (include !== undefined) lines.push(`include => ${include}`);
    else if (priority !== null) {
      const [, name, caller, label, number = '', app = '', data = ''] = priority;
      if (name !== undefined) exten = caller === undefined ? name : `${name}/${caller}`;
      lines.push(`exten => ${exten},${number}${label === undefined ? '' : `(${label})`},${app}(${escaped(data)})`);
    } else throw new Error(`this is no line of "dialplan show": ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A semicolon begins a comment in a configuration file. */
const escaped = (data: string) => data.replaceAll(';', '\\;');
