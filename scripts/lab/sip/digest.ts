// The answer to a digest challenge (RFC 7616; MD5 and SHA-256, qop=auth or none). Pure but for the client's nonce.
import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  user: string;
  password: string;
}

const ALGORITHMS: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** The parameters of a WWW-Authenticate or Proxy-Authenticate value. */
export function parseChallenge(value: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key = '', quoted, bare] of value.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    found[key.toLowerCase()] = quoted ?? bare ?? '';
  }
  return found;
}

/**
 * The Authorization value for one request.
 * @throws Error when the challenge asks for an algorithm this phone does not know.
 */
export function authorize(challenge: string, method: string, uri: string, { user, password }: Credentials): string {
  const { realm = '', nonce = '', opaque, qop, algorithm = 'MD5' } = parseChallenge(challenge);
  const name = ALGORITHMS[algorithm.toUpperCase()];
  if (name === undefined)
    throw new Error(
      `digest algorithm "${algorithm}" is not known here; known are ${Object.keys(ALGORITHMS).join(', ')}`,
    );
  const hash = (text: string) => createHash(name).update(text).digest('hex');
  const [count, cnonce] = ['00000001', randomBytes(8).toString('hex')];
  const auth = qop?.split(',').some((word) => word.trim() === 'auth') ?? false;
  const middle = auth ? `${nonce}:${count}:${cnonce}:auth` : nonce;
  const response = hash(`${hash(`${user}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
  const parts = [
    `username="${user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
  ];
  if (auth) parts.push('qop=auth', `nc=${count}`, `cnonce="${cnonce}"`);
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
  return `Digest ${parts.join(', ')}`;
}
