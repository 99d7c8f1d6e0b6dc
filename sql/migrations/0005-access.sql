-- Who came in and what they did, tokens of programs, and who waits before the next try at the login.

-- user_id is 0 where nobody is known; login is empty for a login that does not exist: people type passwords there.
CREATE TABLE access_audit (
  seq {seq},
  at {at} NOT NULL,
  user_id {ms} NOT NULL,
  login {word} NOT NULL,
  kind {word} NOT NULL,
  target {text} NOT NULL,
  detail {text} NOT NULL,
  address {word} NOT NULL
) {options};
CREATE INDEX access_audit_at ON access_audit (at);
CREATE INDEX access_audit_login ON access_audit (login, seq);

-- Only a hash of the secret is kept. A token acts for a user and never has more rights than that user.
CREATE TABLE access_tokens (
  id {id} NOT NULL PRIMARY KEY,
  secret_hash {id} NOT NULL,
  user_id {ms} NOT NULL,
  name {text} NOT NULL,
  scopes {text} NOT NULL,
  created_at {at} NOT NULL,
  expires_at {at} NOT NULL,
  used_at {at},
  used_from {word} NOT NULL
) {options};
CREATE INDEX access_tokens_user ON access_tokens (user_id);

-- id is a hash of a login, of a network, or of both. good_at: when this login last came in from this network.
CREATE TABLE access_throttle (
  id {id} NOT NULL PRIMARY KEY,
  failures {ms} NOT NULL,
  failed_at {at} NOT NULL,
  free_at {at} NOT NULL,
  good_at {at}
) {options};
CREATE INDEX access_throttle_failed ON access_throttle (failed_at);

-- The calls of one user in the last minute.
CREATE INDEX clicks_user_verb ON clicks (user_id, verb, sent_at);
