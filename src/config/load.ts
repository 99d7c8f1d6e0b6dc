// Reads the configuration: command line, environment, configuration file, defaults – the first that says something counts.
// Everything that is wrong is told at once, with its name, its value, its place and what is allowed.
import { existsSync, readFileSync } from 'node:fs';
import { type FileLine, parseConfigFile } from './file.js';
import { HIDDEN } from './kinds.js';
import { nearNames } from './near.js';
import {
  CONFIG_FILE_NAME,
  type Config,
  DEFAULT_CONFIG_FILE,
  OPTIONS,
  type Option,
  type OptionName,
  TOGETHER,
} from './options.js';

const PREFIX = 'DIALHOOK_';
const ENVIRONMENT = 'the environment';
const COMMAND_LINE = 'the command line';

/** The start can't go on: `problems` holds one sentence for each thing that is wrong. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((one) => `  - ${one}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

export interface ConfigSources {
  env: NodeJS.ProcessEnv;
  /** A file that must exist; without it DIALHOOK_CONFIG counts, then the default file if there is one. */
  file?: string | undefined;
  /** Values given on the command line, by environment name; they win over everything. */
  overrides?: Readonly<Record<string, string>>;
  /** For tests: where the default file would be. */
  defaultFile?: string;
}

/** One option as it was found: where, and how it may be shown. */
export interface Setting {
  option: OptionName;
  env: string;
  /** The value as text; a secret one is hidden. */
  shown: string;
  source: string;
}

/**
 * The checked configuration of `env` and a file.
 * @throws ConfigError naming every unknown name and every wrong value at once
 */
export function loadConfig(env: NodeJS.ProcessEnv, file?: string): Config {
  return readConfig({ env, file }).config;
}

/** As loadConfig, and for each option where its value came from. */
export function readConfig(sources: ConfigSources): { config: Config; settings: Setting[] } {
  const problems: string[] = [];
  const layers = [
    layer(sources.overrides ?? {}, COMMAND_LINE),
    layer(sources.env, ENVIRONMENT),
    fileLayer(sources, problems),
  ];
  for (const lines of layers) problems.push(...unknownNames(lines));
  const values: Partial<Record<OptionName, unknown>> = {};
  const settings: Setting[] = [];
  for (const [name, option] of table()) {
    const found = find(option, layers, problems) ?? fallback(option, values);
    const value = option.kind.read(found.value);
    if (value === undefined) problems.push(wrongValue(option, found));
    values[name] = value;
    settings.push({
      option: name,
      env: option.env,
      shown: shownValue(option, value, found.value),
      source: found.place,
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const config = values as Config; // each value was read by the kind of its own row just above
  problems.push(...TOGETHER.map((check) => check(config)).filter((said) => said !== undefined));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, settings };
}

/** The table's rows in order, with their kinds as far as a loop can know them. */
export const table = () => Object.entries(OPTIONS) as [OptionName, Option<unknown>][];

interface Found {
  value: string;
  place: string;
}
type Layer = FileLine[];

/** An empty value says nothing: that is how a compose file or a unit passes on what was not set. */
function layer(pairs: Readonly<Record<string, string | undefined>>, place: string): Layer {
  return Object.entries(pairs)
    .filter(([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== '')
    .map(([name, value]) => ({ name, value: value ?? '', place }));
}

function fileLayer(sources: ConfigSources, problems: string[]): Layer {
  const asked = sources.file ?? (sources.env[CONFIG_FILE_NAME] || undefined);
  const file = asked ?? sources.defaultFile ?? DEFAULT_CONFIG_FILE;
  if (asked === undefined && !existsSync(file)) return [];
  try {
    const parsed = parseConfigFile(readFileSync(file, 'utf8'), file);
    problems.push(...parsed.problems);
    return parsed.lines.filter((line) => line.value !== '');
  } catch (error) {
    const from =
      sources.file !== undefined
        ? 'named by --config'
        : asked !== undefined
          ? `named by ${CONFIG_FILE_NAME} in the environment`
          : 'the default file';
    problems.push(`${file} (${from}) can't be read: ${reason(error)}`);
    return [];
  }
}

function unknownNames(lines: Layer): string[] {
  const names = table().map(([, option]) => option.env);
  const known = new Set([...names, ...table().flatMap(([, option]) => (option.secret ? [`${option.env}_FILE`] : []))]);
  return lines
    .filter(({ name, place }) => !known.has(name) && !(name === CONFIG_FILE_NAME && place === ENVIRONMENT))
    .map(({ name, place }) => {
      const plain = name.replace(/_FILE$/, '');
      if (plain !== name && names.includes(plain))
        return `${name} in ${place}: only a secret can be read from a file; write ${plain}=… instead`;
      const near = nearNames(name, [...known]);
      return `${name} in ${place} is unknown${near.length === 0 ? '; `dialhook config` lists all names' : `; did you mean ${near.join(' or ')}?`}`;
    });
}

/** The first layer that names the option, itself or by a file that holds it. */
function find(option: Option<unknown>, layers: Layer[], problems: string[]): Found | undefined {
  for (const lines of layers) {
    const direct = lines.find(({ name }) => name === option.env);
    const byFile = option.secret ? lines.find(({ name }) => name === `${option.env}_FILE`) : undefined;
    if (direct !== undefined && byFile !== undefined)
      problems.push(`${option.env} and ${byFile.name} stand both in ${byFile.place}; keep one of the two`);
    if (direct !== undefined) return direct;
    if (byFile === undefined) continue;
    try {
      return {
        value: readFileSync(byFile.value, 'utf8').replace(/\r?\n$/, ''),
        place: `${byFile.value} (${byFile.name} in ${byFile.place})`,
      };
    } catch (error) {
      problems.push(`${byFile.name}=${byFile.value} in ${byFile.place} can't be read: ${reason(error)}`);
      return undefined;
    }
  }
  return undefined;
}

const fallback = (option: Option<unknown>, values: Partial<Record<OptionName, unknown>>): Found => ({
  value: option.fallback.replace('{dataDir}', String(values.dataDir ?? '')),
  place: 'default',
});

function wrongValue(option: Option<unknown>, found: Found): string {
  const shown = option.secret
    ? HIDDEN
    : JSON.stringify(found.value.length > 80 ? `${found.value.slice(0, 80)}…` : found.value);
  return `${option.env} is ${shown} in ${found.place}; allowed: ${option.kind.what}`;
}

function shownValue(option: Option<unknown>, value: unknown, raw: string): string {
  if (option.secret) return raw === '' ? '' : (option.kind.hide?.(raw) ?? HIDDEN);
  // What is made of parts is shown as it was written.
  const whole = Array.isArray(value) ? value.every((one) => typeof one !== 'object') : typeof value !== 'object';
  if (!whole) return raw;
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

const reason = (error: unknown) => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  return error instanceof Error ? error.message : String(error);
};
