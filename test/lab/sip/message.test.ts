import { expect } from 'chai';
import { authorize, parseChallenge } from '../../../scripts/lab/sip/digest.js';
import {
  addressOf,
  allHeaders,
  cseq,
  formatMessage,
  header,
  parseMessage,
  partyOf,
  tagOf,
  uriOf,
} from '../../../scripts/lab/sip/message.js';

const INVITE = [
  'INVITE sip:101@127.0.0.1:5060 SIP/2.0',
  'v: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKabc',
  'Via: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bKdef',
  'f: "Йо \\"x\\" <b>" <sip:%2B998001112233@127.0.0.1>;tag=t1',
  'To: <sip:101@127.0.0.1>',
  'Call-ID: c1',
  'CSeq: 7 INVITE',
  'Subject: one',
  '  and more',
  'Content-Length: 4',
  '',
  'body',
].join('\r\n');

describe('lab: SIP messages', () => {
  it('are read: short names, folded lines, several headers of a name', () => {
    const message = parseMessage(INVITE);
    if (message === null) throw new Error('not read');
    expect([message.method, message.uri, message.status, message.body]).to.deep.equal([
      'INVITE',
      'sip:101@127.0.0.1:5060',
      0,
      'body',
    ]);
    expect(allHeaders(message, 'Via')).to.have.length(2);
    expect(header(message, 'subject')).to.equal('one and more');
    expect(cseq(message)).to.deep.equal({ number: 7, method: 'INVITE' });
    expect(partyOf(header(message, 'From'))).to.deep.equal({ number: '+998001112233', name: 'Йо "x" <b>' });
    expect(tagOf(header(message, 'From'))).to.equal('t1');
  });

  it('are written and read the same, the length counted in bytes', () => {
    const message = parseMessage(INVITE);
    if (message === null) throw new Error('not read');
    const text = formatMessage({
      ...message,
      headers: message.headers.filter(([name]) => name !== 'Content-Length'),
      body: 'Йо',
    });
    expect(text).to.match(/\r\nContent-Length: 4\r\n\r\nЙо$/);
    expect(parseMessage(text)?.headers.slice(0, -1)).to.deep.equal(message.headers.slice(0, -1));
  });

  it('are nothing when they are noise', () => {
    for (const noise of ['', '\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'jaK']) expect(parseMessage(noise)).to.equal(null);
  });

  it('carry addresses with and without a name', () => {
    expect(addressOf('a "b" \\', 'sip:1@h')).to.equal('"a \\"b\\" \\\\" <sip:1@h>');
    expect(addressOf('', 'sip:1@h')).to.equal('<sip:1@h>');
    expect(uriOf('sip:1@h;tag=x')).to.equal('sip:1@h');
    expect(partyOf('Anna <sip:1@h>')).to.deep.equal({ number: '1', name: 'Anna' });
  });
});

describe('lab: digest', () => {
  // The values of RFC 2617 §3.5, without qop so that no nonce of the client's is needed.
  it('gives the answer the RFC gives', () => {
    const challenge =
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const answer = parseChallenge(
      authorize(challenge, 'GET', '/dir/index.html', { user: 'Mufasa', password: 'Circle Of Life' }),
    );
    expect(answer['response']).to.equal('670fd8c2df070c60b045671b8b24ff02');
    expect(answer['opaque']).to.equal('5ccc069c403ebaf9f0171e9517f40e41');
  });

  it('names an algorithm it does not know', () => {
    const ask = () =>
      authorize('Digest realm="a", nonce="b", algorithm=MD9', 'INVITE', 'sip:1@h', { user: 'a', password: 'b' });
    expect(ask).to.throw('digest algorithm "MD9" is not known here; known are MD5, SHA-256');
  });
});
