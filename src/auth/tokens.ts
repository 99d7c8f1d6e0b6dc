// API tokens: a program shows one instead of a login. A token acts for a user, does only what its scopes name, and ends with the user.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuditStore } from './audit.js';
import { atLeast, type Role, toUser, type User, type UserStore } from './users.js';

export const SCOPES = ['live:read', 'calls:read', 'click:call'] as const;
export type Scope = (typeof SCOPES)[number];
/** The least role that a token's user must have: a token opens nothing that its user could not see. */
export const SCOPE_ROLE: Record<Scope, Role> = {
  'live:read': 'supervisor',
  'calls:read': 'supervisor',
  'click:call': 'operator',
};

export interface TokenRow {
  /** Public part: lists and the audit name it. */
  id: string;
  /** SHA-256 of the secret part, hex. It has 256 bits of chance, so nothing slower is needed. */
  secretHash: string;
  userId: number;
  name: string;
  scopes: Scope[];
  /** ms since the epoch, all three. */
  createdAt: number;
  expiresAt: number;
  usedAt: number | null;
  usedFrom: string;
}

export interface TokenStore {
  findToken(id: string): Promise<TokenRow | null>;
  touchToken(id: string, usedAt: number, usedFrom: string): Promise<unknown>;
}

/** What a request with a right token may do. */
export interface Access {
  user: User;
  token: string;
  name: string;
  scopes: readonly Scope[];
}

const FORM = /^dialhook_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
/** How long a token is believed without asking the table, ms: a removed one is out after this at the latest. */
const BELIEVED_MS = 5_000;
const TOUCH_MS = 60_000;
const MAX_REMEMBERED = 1_000;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A new token: the text is shown once, the row keeps its hash. */
export function newToken(): { id: string; text: string; secretHash: string } {
  const id = randomBytes(6).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, text: `dialhook_${id}_${secret}`, secretHash: hashOf(secret) };
}

/** The scopes of a list, each once; null when one is none of ours, or when there is none. */
export function scopesOf(words: readonly string[]): Scope[] | null {
  const known = SCOPES.filter((scope) => words.includes(scope));
  return known.length > 0 && known.length === new Set(words).size ? known : null;
}

export interface TokenParts {
  users: Pick<UserStore, 'findUserById'>;
  tokens: TokenStore;
  audit: Pick<AuditStore, 'note'>;
  now(): number;
}

export interface Tokens {
  /** What the token opens; null when it is none, expired, or its user is gone or disabled. Throws when the database doesn't answer. */
  find(text: string, address: string): Promise<Access | null>;
}

/** Looks tokens up, believes them for some seconds, and notes where they are used from. */
export function createTokens({ users, tokens, audit, now }: TokenParts): Tokens {
  const memory = new Map<string, { access: Access; address: string; until: number }>();

  async function look(id: string, secretHash: string, address: string, at: number): Promise<Access | null> {
    const row = await tokens.findToken(id);
    if (row === null || !same(row.secretHash, secretHash)) return null;
    const user = await users.findUserById(row.userId);
    const line = { at, userId: row.userId, login: user?.login ?? '', target: id, address };
    if (user === null || user.disabled || at >= row.expiresAt) {
      const detail = at >= row.expiresAt ? 'its time is over' : 'its user is disabled or gone';
      await audit.note({ ...line, kind: 'token_refused', detail });
      return null;
    }
    // The first use and each new place are told; what a program does every second is not.
    if (row.usedFrom !== address)
      await audit.note({
        ...line,
        kind: 'token_used',
        detail: row.usedAt === null ? 'for the first time' : 'new address',
      });
    if (row.usedFrom !== address || row.usedAt === null || at - row.usedAt >= TOUCH_MS)
      await tokens.touchToken(id, at, address);
    const scopes = row.scopes.filter((scope) => atLeast(user.role, SCOPE_ROLE[scope]));
    return { user: toUser(user), token: id, name: row.name, scopes };
  }

  return {
    async find(text, address) {
      const [, id = '', secret = ''] = FORM.exec(text) ?? [];
      if (id === '') return null;
      const at = now();
      // The key is the hash: the token itself stays in no memory of ours.
      const hash = hashOf(secret);
      const key = `${id} ${hash}`;
      const known = memory.get(key);
      if (known !== undefined && at < known.until && known.address === address) return known.access;
      memory.delete(key);
      const access = await look(id, hash, address, at);
      if (access !== null) {
        if (memory.size >= MAX_REMEMBERED) memory.clear();
        memory.set(key, { access, address, until: at + BELIEVED_MS });
      }
      return access;
    },
  };
}

function same(a: string, b: string): boolean {
  const [one, two] = [Buffer.from(a), Buffer.from(b)];
  return one.length === two.length && timingSafeEqual(one, two);
}
