import { expect } from 'chai';
import { Client, serve } from './serve.js';

/** The address that the audit has of a login which says that it comes from 192.0.2.66. */
async function addressOf(webTrustProxy: number | string[], forwarded = '192.0.2.66'): Promise<string> {
  const served = await serve((stand) => Object.assign(stand.deps.config, { webTrustProxy }));
  try {
    const client = new Client(served.base);
    const headers = { 'X-Forwarded-For': forwarded };
    const _token = await client.token('/login');
    await client.post('/login', { login: 'lola', password: 'wrong', _token }, headers);
    return served.stores.rows.audit[0]?.address ?? '';
  } finally {
    await served.close();
  }
}

describe('X-Forwarded-For', () => {
  it('is believed from nobody by default: else a guesser had a new address for each guess', async () => {
    expect(await addressOf(0)).to.equal('127.0.0.1');
  });

  it('is believed from the proxies that are named, and only what the last of them wrote', async () => {
    expect(await addressOf(['loopback'])).to.equal('192.0.2.66');
    expect(await addressOf(1, '198.51.100.7, 192.0.2.66')).to.equal('192.0.2.66');
    expect(await addressOf(['loopback'], '198.51.100.7, 192.0.2.66')).to.equal('192.0.2.66');
    expect(await addressOf(['203.0.113.9'])).to.equal('127.0.0.1');
  });

  it('with nonsense in it breaks nothing', async () => {
    for (const text of ['unknown', '', ', ,', 'x'.repeat(3000), "'; DROP TABLE users; --", '<b>'])
      expect((await addressOf(1, text)).length).to.be.greaterThan(0);
  });
});
