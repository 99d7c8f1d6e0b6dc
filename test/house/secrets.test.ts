// What must not stand in the repository: secrets, real numbers and hosts, paths of a machine.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter(
    (name) =>
      /\.(ts|js|md|conf|sh|txt|sql|hbs|css|json|yml|html)$|Makefile$|^\.ci\//.test(name) &&
      name !== 'package-lock.json',
  );

const find = (pattern: RegExp): string[] =>
  tracked.flatMap((name) =>
    readFileSync(`${ROOT}/${name}`, 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        pattern.test(line) && !name.startsWith('test/house/') ? [`${name}:${i + 1} ${line.trim().slice(0, 100)}`] : [],
      ),
  );

describe('the repository', () => {
  it('is listed', () => {
    expect(tracked.length).to.be.greaterThan(50);
  });

  it('names no package registry and no mirror', () => {
    expect(find(/registry\.npmjs|deb\.debian\.org|security\.debian\.org|registry\.yarnpkg/)).to.deep.equal([]);
  });

  it("holds no path of somebody's machine", () => {
    expect(find(/\/home\/[a-z]+\/|\/Users\/[A-Za-z]+\/|\/work\/(main|shared)/)).to.deep.equal([]);
  });

  it('uses documentation addresses and made-up numbers only', () => {
    // Loopback, unspecified and the three documentation networks of RFC 5737; versions such as 1.2.3.4 do not occur.
    const address =
      /(?<!§)\b(?!127\.|0\.0\.0\.0|255\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|10\.255\.255\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/;
    expect(find(address)).to.deep.equal([]);
    expect(find(/\+998(?!\s?0?0|X|\\d|\[)[0-9]/)).to.deep.equal([]);
  });
});
