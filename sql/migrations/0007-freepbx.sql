-- What FreePBX calls its extensions, queues and numbers, as it was read last; and how the reading goes.

-- `operator` is 1 for an extension that some queue may ring. A row that FreePBX has no more keeps its name: old calls name it.
CREATE TABLE freepbx_names (
  pbx {name} NOT NULL,
  kind {id} NOT NULL,
  number {name} NOT NULL,
  name {text} NOT NULL,
  detail {long} NOT NULL,
  operator {flag} NOT NULL,
  changed_at {at} NOT NULL,
  removed_at {at},
  PRIMARY KEY (pbx, kind, number)
) {options};

-- `mark` is what the last reading added up to: while it stays, nothing is read.
CREATE TABLE freepbx_reads (
  pbx {name} NOT NULL PRIMARY KEY,
  mark {text} NOT NULL,
  read_at {at},
  failing_since {at},
  error {text} NOT NULL
) {options};
