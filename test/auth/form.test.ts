import { expect } from 'chai';
import { formToken, originFault, sameToken } from '../../src/auth/form.js';

const sender = (fetchSite?: string, origin?: string, host = 'calls.example.org') => ({ fetchSite, origin, host });

describe('forms', () => {
  it('carry a token that belongs to one secret', () => {
    expect(formToken('a')).to.equal(formToken('a')).and.not.equal(formToken('b'));
    expect(sameToken(formToken('a'), formToken('a'))).to.equal(true);
    for (const given of [undefined, '', [], {}, formToken('b'), `${formToken('a')}x`]) {
      expect(sameToken(formToken('a'), given)).to.equal(false);
    }
  });

  it('come from our own page', () => {
    const own = 'https://calls.example.org';
    expect(originFault(sender('same-origin', own), own)).to.equal(null);
    expect(originFault(sender('same-origin', own), '')).to.equal(null);
    expect(originFault(sender(undefined, 'http://127.0.0.1:8080', '127.0.0.1:8080'), '')).to.equal(null);
    expect(originFault(sender(), own)).to.equal(null);
  });

  it('from anywhere else are refused, with the reason', () => {
    const own = 'https://calls.example.org';
    expect(originFault(sender('cross-site'), own)).to.include('cross-site');
    expect(originFault(sender('same-site'), own)).to.include('same-site');
    expect(originFault(sender('none'), own)).to.include('none');
    expect(originFault(sender(undefined, 'https://evil.example.org'), '')).to.include('another origin');
    expect(originFault(sender(undefined, 'http://calls.example.org'), own)).to.include('another origin');
    expect(originFault(sender(undefined, 'null'), own)).to.include('unknown origin');
  });
});
