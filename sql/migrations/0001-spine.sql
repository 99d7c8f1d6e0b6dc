-- The spine: events are the truth; rt_* hold what exists now; cdr_* hold what is finished.
-- Words in braces stand for the dialect's types (src/store/migrate.ts): {seq} {id} {word} {text} {long} {at} {ms} {flag} {options}.
-- Times are UTC with milliseconds. Outcomes are words. One call's rows are found by call_id in every table.

CREATE TABLE events (
  seq {seq},
  id {id} NOT NULL,
  call_id {id} NOT NULL,
  pbx {word} NOT NULL,
  event {word} NOT NULL,
  at {at} NOT NULL,
  received_at {at} NOT NULL,
  line {long} NOT NULL
) {options};
CREATE UNIQUE INDEX events_id ON events (id);
CREATE INDEX events_call ON events (call_id, at);
CREATE INDEX events_at ON events (at);

-- What could not be used, with the reason; kept, never dropped in silence.
CREATE TABLE rejected_events (
  seq {seq},
  received_at {at} NOT NULL,
  reason {text} NOT NULL,
  line {long} NOT NULL
) {options};
CREATE INDEX rejected_events_at ON rejected_events (received_at);

-- How far each server's journal is in the tables; written in the same transaction as the rows.
CREATE TABLE journals (
  server {id} NOT NULL PRIMARY KEY,
  segment {ms} NOT NULL,
  position {ms} NOT NULL,
  events {ms} NOT NULL,
  repeated {ms} NOT NULL,
  rejected {ms} NOT NULL,
  last_event_at {at},
  applied_at {at} NOT NULL
) {options};

CREATE TABLE rt_calls (
  call_id {id} NOT NULL PRIMARY KEY,
  pbx {word} NOT NULL,
  direction {word} NOT NULL,
  caller_number {text} NOT NULL,
  caller_name {text} NOT NULL,
  dialled {text} NOT NULL,
  trunk {word} NOT NULL,
  operator {word} NOT NULL,
  click_id {id} NOT NULL,
  linkedid {id} NOT NULL,
  state {word} NOT NULL,
  state_since {at},
  queue {word} NOT NULL,
  channel {text} NOT NULL,
  started_at {at} NOT NULL,
  answered_at {at},
  events {ms} NOT NULL,
  odd {long} NOT NULL
) {options};

CREATE TABLE rt_legs (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  pbx {word} NOT NULL,
  uniqueid {id} NOT NULL,
  channel {text} NOT NULL,
  role {word} NOT NULL,
  operator {word} NOT NULL,
  queue {word} NOT NULL,
  started_at {at} NOT NULL,
  answered_at {at},
  ended_at {at},
  cause {ms},
  tech {text} NOT NULL,
  outcome {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX rt_legs_operator ON rt_legs (operator);

CREATE TABLE rt_visits (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  queue {word} NOT NULL,
  entered_at {at} NOT NULL,
  priority {ms},
  answered_at {at},
  operator {word} NOT NULL,
  left_at {at},
  outcome {word} NOT NULL,
  wait_ms {ms},
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX rt_visits_queue ON rt_visits (queue);

-- An operator's own word: logged in or out, paused and why. Ringing and talking are read from rt_legs.
CREATE TABLE rt_operators (
  pbx {word} NOT NULL,
  operator {word} NOT NULL,
  presence {word} NOT NULL,
  since {at} NOT NULL,
  reason {word} NOT NULL,
  queues {text} NOT NULL,
  queues_since {at},
  last_event {id} NOT NULL,
  idle_since {at},
  PRIMARY KEY (pbx, operator)
) {options};

CREATE TABLE cdr_calls (
  call_id {id} NOT NULL PRIMARY KEY,
  pbx {word} NOT NULL,
  direction {word} NOT NULL,
  caller_number {text} NOT NULL,
  caller_name {text} NOT NULL,
  dialled {text} NOT NULL,
  trunk {word} NOT NULL,
  operator {word} NOT NULL,
  click_id {id} NOT NULL,
  linkedid {id} NOT NULL,
  started_at {at} NOT NULL,
  answered_at {at},
  ended_at {at} NOT NULL,
  duration_ms {ms} NOT NULL,
  wait_ms {ms} NOT NULL,
  talk_ms {ms} NOT NULL,
  outcome {word} NOT NULL,
  ended_by {word} NOT NULL,
  events {ms} NOT NULL,
  odd {long} NOT NULL
) {options};
CREATE INDEX cdr_calls_started ON cdr_calls (started_at);
CREATE INDEX cdr_calls_caller ON cdr_calls (caller_number, started_at);
CREATE INDEX cdr_calls_operator ON cdr_calls (operator, started_at);
CREATE INDEX cdr_calls_linkedid ON cdr_calls (linkedid);
CREATE INDEX cdr_calls_click ON cdr_calls (click_id);

CREATE TABLE cdr_legs (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  pbx {word} NOT NULL,
  uniqueid {id} NOT NULL,
  channel {text} NOT NULL,
  role {word} NOT NULL,
  operator {word} NOT NULL,
  queue {word} NOT NULL,
  started_at {at} NOT NULL,
  answered_at {at},
  ended_at {at},
  cause {ms},
  tech {text} NOT NULL,
  outcome {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX cdr_legs_uniqueid ON cdr_legs (uniqueid);
CREATE INDEX cdr_legs_operator ON cdr_legs (operator, started_at);

CREATE TABLE cdr_visits (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  queue {word} NOT NULL,
  entered_at {at} NOT NULL,
  priority {ms},
  answered_at {at},
  operator {word} NOT NULL,
  left_at {at},
  outcome {word} NOT NULL,
  wait_ms {ms},
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX cdr_visits_queue ON cdr_visits (queue, entered_at);
CREATE INDEX cdr_visits_entered ON cdr_visits (entered_at);

CREATE TABLE cdr_offers (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  visit {ms} NOT NULL,
  queue {word} NOT NULL,
  operator {word} NOT NULL,
  uniqueid {id} NOT NULL,
  offered_at {at} NOT NULL,
  ended_at {at},
  ring_ms {ms},
  outcome {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX cdr_offers_operator ON cdr_offers (operator, offered_at);
CREATE INDEX cdr_offers_offered ON cdr_offers (offered_at);

CREATE TABLE cdr_talks (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  operator {word} NOT NULL,
  party {text} NOT NULL,
  queue {word} NOT NULL,
  uniqueid {id} NOT NULL,
  started_at {at} NOT NULL,
  ended_at {at},
  talk_ms {ms},
  ended_by {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX cdr_talks_operator ON cdr_talks (operator, started_at);
CREATE INDEX cdr_talks_started ON cdr_talks (started_at);
