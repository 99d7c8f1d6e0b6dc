-- The whole story of a call: what happened on its way, which calls became one, and what operators did in between.
-- From here on everything carries its PBX: two of them may give out the same uniqueids, queues and operators' names.

ALTER TABLE rt_calls ADD COLUMN parent_call_id {id} NOT NULL DEFAULT '';
ALTER TABLE cdr_calls ADD COLUMN parent_call_id {id} NOT NULL DEFAULT '';
CREATE INDEX rt_calls_parent ON rt_calls (parent_call_id);
CREATE INDEX cdr_calls_parent ON cdr_calls (parent_call_id);

-- operator is empty where the endpoint is no operator's; endpoint always names it.
ALTER TABLE rt_legs ADD COLUMN endpoint {word} NOT NULL DEFAULT '';
ALTER TABLE cdr_legs ADD COLUMN endpoint {word} NOT NULL DEFAULT '';
ALTER TABLE rt_legs ADD COLUMN waiting {flag} NOT NULL DEFAULT 0;
ALTER TABLE rt_legs ADD COLUMN source {word} NOT NULL DEFAULT 'hook';
ALTER TABLE cdr_legs ADD COLUMN waiting {flag} NOT NULL DEFAULT 0;
ALTER TABLE cdr_legs ADD COLUMN source {word} NOT NULL DEFAULT 'hook';
-- For an operator's intervals: which of the finished legs reach beyond a moment.
CREATE INDEX cdr_legs_ended ON cdr_legs (operator, ended_at);

ALTER TABLE rt_visits ADD COLUMN pbx {word} NOT NULL DEFAULT '';
ALTER TABLE rt_visits ADD COLUMN position {ms};
ALTER TABLE cdr_visits ADD COLUMN pbx {word} NOT NULL DEFAULT '';
ALTER TABLE cdr_visits ADD COLUMN position {ms};
ALTER TABLE cdr_offers ADD COLUMN pbx {word} NOT NULL DEFAULT '';
-- talk_ms is the talk without the hold in it.
ALTER TABLE cdr_talks ADD COLUMN pbx {word} NOT NULL DEFAULT '';
ALTER TABLE cdr_talks ADD COLUMN hold_ms {ms} NOT NULL DEFAULT 0;

UPDATE rt_visits SET pbx = COALESCE((SELECT c.pbx FROM rt_calls c WHERE c.call_id = rt_visits.call_id), '') WHERE pbx = '';
UPDATE cdr_visits SET pbx = COALESCE((SELECT c.pbx FROM cdr_calls c WHERE c.call_id = cdr_visits.call_id), '') WHERE pbx = '';
UPDATE cdr_offers SET pbx = COALESCE((SELECT c.pbx FROM cdr_calls c WHERE c.call_id = cdr_offers.call_id), '') WHERE pbx = '';
UPDATE cdr_talks SET pbx = COALESCE((SELECT c.pbx FROM cdr_calls c WHERE c.call_id = cdr_talks.call_id), '') WHERE pbx = '';

CREATE TABLE rt_offers (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  pbx {word} NOT NULL,
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

CREATE TABLE rt_talks (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  pbx {word} NOT NULL,
  operator {word} NOT NULL,
  party {text} NOT NULL,
  queue {word} NOT NULL,
  uniqueid {id} NOT NULL,
  started_at {at} NOT NULL,
  ended_at {at},
  talk_ms {ms},
  hold_ms {ms} NOT NULL,
  ended_by {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX rt_talks_operator ON rt_talks (operator);

-- What else happened on the way: menus, transfers, parking, conferences, messages, recordings, holds.
CREATE TABLE rt_steps (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  pbx {word} NOT NULL,
  step {word} NOT NULL,
  operator {word} NOT NULL,
  uniqueid {id} NOT NULL,
  started_at {at} NOT NULL,
  ended_at {at},
  what {text} NOT NULL,
  outcome {word} NOT NULL,
  detail {text} NOT NULL,
  length_ms {ms},
  source {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};

CREATE TABLE cdr_steps (
  call_id {id} NOT NULL,
  n {ms} NOT NULL,
  pbx {word} NOT NULL,
  step {word} NOT NULL,
  operator {word} NOT NULL,
  uniqueid {id} NOT NULL,
  started_at {at} NOT NULL,
  ended_at {at},
  what {text} NOT NULL,
  outcome {word} NOT NULL,
  detail {text} NOT NULL,
  length_ms {ms},
  source {word} NOT NULL,
  PRIMARY KEY (call_id, n)
) {options};
CREATE INDEX cdr_steps_step ON cdr_steps (step, started_at);
CREATE INDEX cdr_steps_operator ON cdr_steps (operator, started_at);

-- What ties calls together: a linkedid of a PBX (`pbx/linkedid`) or another call (`=call`). Calls that share a link are one
-- story. Rows `#….` without a call are nothing but locks: they make two servers that bring calls of one link wait for each other.
CREATE TABLE call_links (
  link {link} NOT NULL,
  call_id {id} NOT NULL,
  PRIMARY KEY (link, call_id)
) {options};
CREATE INDEX call_links_call ON call_links (call_id);

-- Calls that became part of another's story: their rows stand under story_id. `n` is their place in it; null for a call that
-- was only named, and of which no event has come.
CREATE TABLE call_joins (
  call_id {id} NOT NULL PRIMARY KEY,
  story_id {id} NOT NULL,
  n {ms}
) {options};
CREATE INDEX call_joins_story ON call_joins (story_id);

-- An operator's own words, one row each.
CREATE TABLE presence_changes (
  event_id {id} NOT NULL PRIMARY KEY,
  pbx {name} NOT NULL,
  operator {name} NOT NULL,
  at {at} NOT NULL,
  event {word} NOT NULL,
  reason {word} NOT NULL,
  until_at {at},
  queue {word} NOT NULL,
  queues {text} NOT NULL
) {options};
CREATE INDEX presence_changes_operator ON presence_changes (operator, at);

-- presence is without the wrap-up, which runs over it while wrapup_until is there. Since when an operator is idle stands in
-- operator_intervals.
ALTER TABLE rt_operators DROP COLUMN idle_since;
ALTER TABLE rt_operators ADD COLUMN wrapup_until {at};
ALTER TABLE rt_operators ADD COLUMN wrapup_since {at};
ALTER TABLE rt_operators ADD COLUMN wrapup_queue {word} NOT NULL DEFAULT '';

-- An operator's day: one state at every moment; ended_at is null for the one that holds now. `presence_before` is what the operator's
-- own words had amounted to before it began, for counting on from there (src/store/intervals.ts).
CREATE TABLE operator_intervals (
  pbx {name} NOT NULL,
  operator {name} NOT NULL,
  started_at {at} NOT NULL,
  ended_at {at},
  state {word} NOT NULL,
  reason {word} NOT NULL,
  call_id {id} NOT NULL,
  queue {word} NOT NULL,
  lost {flag} NOT NULL,
  presence_before {long},
  PRIMARY KEY (operator, started_at, pbx)
) {options};
CREATE INDEX operator_intervals_started ON operator_intervals (started_at, state);
CREATE INDEX operator_intervals_open ON operator_intervals (ended_at, operator);

-- One row an operator, to be locked by who writes about the operator; it holds nothing.
CREATE TABLE operator_locks (
  pbx {name} NOT NULL,
  operator {name} NOT NULL,
  PRIMARY KEY (pbx, operator)
) {options};
