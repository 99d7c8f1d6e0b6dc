import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { commandsDocument } from '../../src/cli/document.js';

const DOCUMENT = new URL('../../docs/commands.md', import.meta.url);

describe('docs/commands.md', () => {
  it('is equal to the help texts', () => {
    if (process.env['WRITE_DOCS'] === '1') writeFileSync(DOCUMENT, commandsDocument());
    expect(readFileSync(DOCUMENT, 'utf8'), 'write it anew: WRITE_DOCS=1 npx mocha test/cli/document.test.ts').to.equal(
      commandsDocument(),
    );
  });
});
