// The table of options as people read it: for `dialhook config`, and as docs/configuration.md.
import { type ConfigSources, readConfig, table } from './load.js';
import { CONFIG_FILE_NAME, DEFAULT_CONFIG_FILE } from './options.js';

/**
 * Every option with its value and where that came from; secrets are hidden.
 * @throws ConfigError when the configuration is wrong
 */
export function describeConfig(sources: ConfigSources): string {
  const rows = readConfig(sources).settings.map(
    ({ env, shown, source }) => [env, shown === '' ? '-' : shown, source] as const,
  );
  const width = (column: 0 | 1) => Math.min(60, Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(([name, value, source]) => `${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${source}`)
    .join('\n');
}

/** docs/configuration.md, whole. A test keeps the file equal to it; `dialhook config --markdown` writes it anew. */
export function configDocument(): string {
  const rows = table().map(([, { env, kind, fallback, help, secret }]) => {
    const said = `${help}${secret ? ` Secret: never shown, and \`${env}_FILE\` may name a file that holds it.` : ''}`;
    const standard = fallback.replace('{dataDir}', '<DIALHOOK_DATA_DIR>');
    return `| \`${env}\` | ${standard === '' ? 'empty' : `\`${standard}\``} | ${cell(said)}<br>Allowed: ${cell(kind.what)}. |`;
  });
  return `${HEAD}| name | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const HEAD = `# Configuration

<!-- Made from src/config/options.ts by \`dialhook config --markdown\`; change it there. -->

Each option has one name. It may stand on these places; the first that says something counts:

1. the environment: \`DIALHOOK_WEB_PORT=8080\`;
2. a configuration file: the one named by \`--config FILE\`, else by \`${CONFIG_FILE_NAME}\`, else \`${DEFAULT_CONFIG_FILE}\` if it exists.
   It holds lines \`NAME=value\`; lines that begin with \`#\` are comments; a value may stand in quotes;
3. the default below.

An empty value says nothing: the next place counts. A secret may also be read from a file of its own: \`DIALHOOK_AMI_SECRET_FILE=/run/secrets/ami\`.

An unknown \`DIALHOOK_…\` name or a value that is not allowed stops the start. All such problems are named at once, each with its
value (secrets hidden), the place where it stood, and what is allowed. \`dialhook config\` shows what counts and from where.

`;
