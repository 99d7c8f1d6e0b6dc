import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { configDocument, describeConfig } from '../../src/config/describe.js';
import { OPTIONS } from '../../src/config/options.js';

const DOCUMENT = new URL('../../docs/configuration.md', import.meta.url);

describe('config: what people read', () => {
  it('prints each option with its value and source, secrets hidden', () => {
    const env = { DIALHOOK_AMI_HOST: '192.0.2.1', DIALHOOK_AMI_USER: 'dialhook', DIALHOOK_AMI_SECRET: 'hush' };
    const lines = describeConfig({ env, defaultFile: '/none' }).split('\n');
    expect(lines).to.have.lengthOf(Object.keys(OPTIONS).length);
    expect(lines.find((line) => line.startsWith('DIALHOOK_AMI_SECRET '))).to.match(/\(hidden\) +the environment$/);
    expect(lines.find((line) => line.startsWith('DIALHOOK_WEB_PORT '))).to.match(/8080 +default$/);
    expect(lines.join('\n')).to.not.contain('hush');
  });

  it('keeps docs/configuration.md equal to the table', () => {
    if (process.env['WRITE_DOCS'] === '1') writeFileSync(DOCUMENT, configDocument());
    expect(
      readFileSync(DOCUMENT, 'utf8'),
      'write it anew: dialhook config --markdown > docs/configuration.md',
    ).to.equal(configDocument());
  });
});
