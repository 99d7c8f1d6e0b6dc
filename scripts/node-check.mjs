// node-check.mjs version|modules: is this Node new enough; are the installed packages those of package-lock.json and do
// they run here. Plain JavaScript: it has to work before anything is installed. Exits 1 and says why on standard error.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const fail = (why) => {
  process.stderr.write(`${why}\n`);
  process.exit(1);
};

function version() {
  const [wanted = '20', minor = '0'] = json('package.json')
    .engines.node.replace(/[^\d.]/g, '')
    .split('.');
  const [major, own] = process.versions.node.split('.').map(Number);
  if (major < Number(wanted) || (major === Number(wanted) && own < Number(minor))) {
    fail(`Node ${process.versions.node} is too old: Dialhook needs ${wanted}.${minor} or newer`);
  }
}

function modules() {
  const wanted = json('package-lock.json').packages;
  let found;
  try {
    found = json('node_modules/.package-lock.json').packages;
  } catch {
    fail('there were none');
  }
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || (optional && found[path] === undefined)) continue;
    if (found[path]?.version !== version) fail(`${path} was ${found[path]?.version ?? 'not there'}, not ${version}`);
  }
  const extra = Object.keys(found).find((path) => wanted[path] === undefined);
  if (extra !== undefined) fail(`${extra} is no longer wanted`);
  // Programs of this machine's own kind, from packages that a lock file may hold for another one.
  const trial = "await import('libsql'); await import('@node-rs/argon2'); const n: number = 1; void n;";
  try {
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', trial.replace(': number', '')], {
      stdio: 'pipe',
    });
  } catch (error) {
    fail(`the packages do not run here: ${String(error.stderr ?? error).slice(0, 500)}`);
  }
}

({ version, modules })[process.argv[2]]();
