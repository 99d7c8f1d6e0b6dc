-- Which files there are below the folder of the recordings, and which call each is of. The files are the truth, these rows are found
-- again by a scan; only the marks of recording_keeps are not.

-- `place` and `folder` are digests of pbx and path, `name` one of pbx and file name: paths are long, and callers write parts of them.
-- id is what a browser names: it says nothing of the path. taken_at: the later of the name's time and the file's.
CREATE TABLE recordings (
  id {id} NOT NULL PRIMARY KEY,
  pbx {name} NOT NULL,
  place {id} NOT NULL,
  folder {id} NOT NULL,
  name {id} NOT NULL,
  path {long} NOT NULL,
  kind {word} NOT NULL,
  target {word} NOT NULL,
  uniqueid {id} NOT NULL,
  call_id {id} NOT NULL,
  bytes {ms} NOT NULL,
  modified_at {at} NOT NULL,
  taken_at {at} NOT NULL,
  found_at {at} NOT NULL,
  state {word} NOT NULL,
  gone_at {at},
  gone_why {text} NOT NULL
) {options};
CREATE UNIQUE INDEX recordings_place ON recordings (place);
CREATE INDEX recordings_folder ON recordings (folder);
CREATE INDEX recordings_name ON recordings (name);
CREATE INDEX recordings_call ON recordings (call_id, found_at);
CREATE INDEX recordings_taken ON recordings (state, taken_at, id);

-- When each folder was read last, and how old it was then: one that has not changed is not read again.
CREATE TABLE recording_folders (
  folder {id} NOT NULL PRIMARY KEY,
  pbx {name} NOT NULL,
  path {long} NOT NULL,
  changed_at {at} NOT NULL,
  scanned_at {at} NOT NULL
) {options};

-- Calls whose recordings are never deleted by a rule.
CREATE TABLE recording_keeps (
  call_id {id} NOT NULL PRIMARY KEY,
  at {at} NOT NULL,
  login {word} NOT NULL,
  why {text} NOT NULL
) {options};
