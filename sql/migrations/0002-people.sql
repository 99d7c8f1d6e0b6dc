-- Who may log in, who calls, what was clicked, how queues are called and judged.

CREATE TABLE users (
  id {seq},
  login {word} NOT NULL,
  name {text} NOT NULL,
  role {word} NOT NULL,
  operator {word} NOT NULL,
  password_hash {text} NOT NULL,
  disabled {flag} NOT NULL,
  created_at {at} NOT NULL,
  password_changed_at {at} NOT NULL
) {options};
CREATE UNIQUE INDEX users_login ON users (login);
CREATE INDEX users_operator ON users (operator);

-- Only a hash of the cookie is kept: a copy of the table lets nobody in.
CREATE TABLE sessions (
  id_hash {id} NOT NULL PRIMARY KEY,
  user_id {ms} NOT NULL,
  csrf {id} NOT NULL,
  created_at {at} NOT NULL,
  seen_at {at} NOT NULL,
  expires_at {at} NOT NULL,
  address {word} NOT NULL
) {options};
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- `digits` is the number without anything but its digits: how numbers are compared.
CREATE TABLE clients (
  digits {id} NOT NULL PRIMARY KEY,
  number {text} NOT NULL,
  name {text} NOT NULL,
  company {text} NOT NULL,
  vip {flag} NOT NULL
) {options};

-- Every click: who, what, when, and what came of it. The audit of actions.
CREATE TABLE clicks (
  id {id} NOT NULL PRIMARY KEY,
  user_id {ms} NOT NULL,
  login {word} NOT NULL,
  verb {word} NOT NULL,
  operator {word} NOT NULL,
  target {text} NOT NULL,
  sent_at {at} NOT NULL,
  deadline_at {at} NOT NULL,
  state {word} NOT NULL,
  result {word} NOT NULL,
  error {text} NOT NULL,
  changed_at {at} NOT NULL
) {options};
CREATE INDEX clicks_sent ON clicks (sent_at);
CREATE INDEX clicks_user ON clicks (user_id, sent_at);

-- Title and thresholds of a queue; a queue without a row has the defaults.
CREATE TABLE queue_settings (
  queue {word} NOT NULL PRIMARY KEY,
  title {text} NOT NULL,
  answer_within_s {ms} NOT NULL,
  short_abandon_s {ms} NOT NULL,
  target_percent {ms} NOT NULL
) {options};
