-- The calls in the columns of Asterisk's own `cdr`, for tools that read that table; and what an import keeps beside the calls.
-- {calldate}, {clid}, {ms_to_talk}, {ms_of_talk} and {div} stand for what the dialects say differently (src/store/migrate.ts); {make_view}
-- passes over a table of that name.

ALTER TABLE cdr_calls ADD COLUMN imported_from {word} NOT NULL DEFAULT '';

-- How far each import has read its source; written in the transaction of the rows it brought.
CREATE TABLE imports (
  source {id} NOT NULL PRIMARY KEY,
  kind {word} NOT NULL,
  place {long} NOT NULL,
  counts {long} NOT NULL,
  changed_at {at} NOT NULL
) {options};

-- Of how many rows of the source a call was made, and the sum over them: the same again changes nothing.
CREATE TABLE imported_calls (
  call_id {id} NOT NULL PRIMARY KEY,
  source_rows {ms} NOT NULL,
  digest {id} NOT NULL,
  last_at {at} NOT NULL
) {options};

-- Lines of queue_log, in the columns of Asterisk's table: kept, so that a call that is imported later finds its queue.
CREATE TABLE imported_queue_log (
  id {id} NOT NULL PRIMARY KEY,
  pbx {word} NOT NULL,
  callid {id} NOT NULL,
  at {at} NOT NULL,
  queuename {word} NOT NULL,
  agent {text} NOT NULL,
  event {word} NOT NULL,
  data1 {text} NOT NULL,
  data2 {text} NOT NULL,
  data3 {text} NOT NULL,
  data4 {text} NOT NULL,
  data5 {text} NOT NULL
) {options};
CREATE INDEX imported_queue_log_call ON imported_queue_log (callid);
CREATE INDEX imported_queue_log_agent ON imported_queue_log (agent, at);

-- What an import could not use, with the reason; one row for one place of the source, however often it is read.
CREATE TABLE rejected_imports (
  id {id} NOT NULL PRIMARY KEY,
  source {id} NOT NULL,
  place {text} NOT NULL,
  reason {text} NOT NULL,
  line {long} NOT NULL,
  rejected_at {at} NOT NULL
) {options};
CREATE INDEX rejected_imports_source ON rejected_imports (source, rejected_at);

-- One row for each talk; one for a call in which nobody talked (docs/imports.md says why). An internal call has a talk for
-- each of its two operators over one leg: the first stands for both.
{make_view} stock_cdr AS
SELECT
  {calldate} AS calldate,
  {clid} AS clid,
  c.caller_number AS src,
  c.dialled AS dst,
  c.direction AS dcontext,
  COALESCE(a.channel, '') AS channel,
  COALESCE(b.channel, '') AS dstchannel,
  CASE WHEN COALESCE(NULLIF(t.queue, ''), v.queue, '') <> '' AND (t.call_id IS NULL OR t.queue <> '') THEN 'Queue'
       WHEN b.channel IS NOT NULL THEN 'Dial' ELSE '' END AS lastapp,
  CASE WHEN t.call_id IS NULL THEN COALESCE(v.queue, '') ELSE t.queue END AS lastdata,
  CASE WHEN t.n > 0 THEN {ms_of_talk} {div} 1000
       WHEN t.n = 0 THEN ({ms_to_talk} + {ms_of_talk}) {div} 1000
       ELSE c.duration_ms {div} 1000 END AS duration,
  CASE WHEN t.call_id IS NULL THEN c.talk_ms ELSE {ms_of_talk} END {div} 1000 AS billsec,
  CASE WHEN t.call_id IS NOT NULL OR c.outcome = 'answered' THEN 'ANSWERED'
       WHEN c.outcome IN ('busy', 'rejected') THEN 'BUSY'
       WHEN c.outcome IN ('failed', 'unrouted', 'unreachable') THEN 'FAILED'
       ELSE 'NO ANSWER' END AS disposition,
  3 AS amaflags,
  '' AS accountcode,
  COALESCE(a.uniqueid, c.linkedid) AS uniqueid,
  '' AS userfield,
  CASE WHEN c.direction = 'in' THEN c.dialled ELSE '' END AS did,
  '' AS recordingfile,
  c.caller_number AS cnum,
  c.caller_name AS cnam,
  '' AS outbound_cnum,
  '' AS outbound_cnam,
  '' AS dst_cnam,
  '' AS peeraccount,
  c.linkedid AS linkedid,
  COALESCE(t.n, 0) AS sequence,
  c.call_id AS call_id,
  c.started_at AS started_at,
  c.imported_from AS imported_from
FROM cdr_calls c
LEFT JOIN cdr_talks t ON t.call_id = c.call_id AND NOT EXISTS (
  SELECT 1 FROM cdr_talks e WHERE e.call_id = t.call_id AND e.uniqueid = t.uniqueid AND e.n < t.n)
LEFT JOIN cdr_visits v ON v.call_id = c.call_id AND v.n = 0
LEFT JOIN cdr_legs a ON a.call_id = c.call_id AND a.n = 0
LEFT JOIN cdr_legs b ON b.call_id = c.call_id AND b.n = (
  SELECT MIN(d.n) FROM cdr_legs d WHERE d.call_id = c.call_id AND d.n > 0 AND (t.uniqueid IS NULL OR d.uniqueid = t.uniqueid));

-- Under the name that tools ask for; where a table of that name stands, it stays and the view above is the only one.
{make_view} cdr AS SELECT * FROM stock_cdr;
