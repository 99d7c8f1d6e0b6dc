// The suites of the whole test run: which files belong to each, what it needs, how long it may take. A new suite starts here.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asteriskTree } from '../lab/asterisk-tree.js';
import { CHROMIUM } from '../lab/chromium.js';
import { mariadbProgram } from '../lab/mariadb.js';

export interface Suite {
  name: string;
  /** Ending of the file names under test/. */
  suffix: string;
  env: Record<string, string>;
  limitSeconds: number;
  /** Processes that share its files; 1 unless said. Only for tests that measure nothing, or that mostly wait. */
  jobs?: number;
  /** Its tests hold the machine's clock against real phones, servers or a browser: what failed is played once more, alone. */
  again?: true;
  /** Files with its suffix that it leaves to another suite. */
  without?: readonly string[];
  /** What it needs beside Node; throws when that is not there. */
  need(): unknown;
}

const nothing = () => {};
const chromium = () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is not installed; "make setup" installs it`);
};
const mariadb = () => mariadbProgram('mariadbd');

/** A PBX test is for one version only when it asks what our own server does, and the PBX is no more than the place where it happens. */
const ON_22_ONLY = [
  // What comes over the manager interface is the same on both; here its connection fails.
  'test/faults/manager.pbx.test.ts',
  // systemd and our process; what a frozen server does to a call on either version: faults/dialplan, dialplan/unwell.
  'test/serve/watchdog.pbx.test.ts',
  // What we make of hostile text that the phones send.
  'test/corpus/sip.pbx.test.ts',
];

export const SUITES: Suite[] = [
  { name: 'unit', suffix: '.test.ts', env: {}, limitSeconds: 240, jobs: 3, need: nothing },
  { name: 'program', suffix: '.program.test.ts', env: {}, limitSeconds: 300, jobs: 2, again: true, need: nothing },
  { name: 'db', suffix: '.db.test.ts', env: {}, limitSeconds: 420, jobs: 2, again: true, need: mariadb },
  {
    name: 'pbx22',
    suffix: '.pbx.test.ts',
    jobs: 4,
    again: true,
    env: { DIALHOOK_AST: '22' },
    limitSeconds: 540,
    need: () => asteriskTree('22'),
  },
  {
    name: 'pbx16',
    suffix: '.pbx.test.ts',
    jobs: 4,
    again: true,
    env: { DIALHOOK_AST: '16' },
    without: ON_22_ONLY,
    limitSeconds: 540,
    need: () => asteriskTree('16'),
  },
  { name: 'faults', suffix: '.faults.test.ts', env: {}, limitSeconds: 420, again: true, need: mariadb },
  { name: 'browser', suffix: '.browser.test.ts', env: {}, limitSeconds: 420, jobs: 2, again: true, need: chromium },
];

const KINDS = ['.program.test.ts', '.db.test.ts', '.pbx.test.ts', '.faults.test.ts', '.browser.test.ts'];

/** The files of a suite, in the order of their names. The plain suffix takes those that have none of the others. */
export function filesOf(suite: Suite, folder = 'test'): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        name.endsWith(suite.suffix) && (KINDS.includes(suite.suffix) || !KINDS.some((kind) => name.endsWith(kind))),
    )
    .map((name) => join(folder, name))
    .filter((path) => !(suite.without ?? []).includes(path))
    .sort();
}
