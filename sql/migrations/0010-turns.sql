-- What nodes of a cluster meet at. Row locks hold within one node only; two transactions on two nodes see each other when both
-- change the same row. `turn` means nothing but that it was changed.

ALTER TABLE call_links ADD COLUMN turn {ms} NOT NULL DEFAULT 0;
ALTER TABLE operator_locks ADD COLUMN turn {ms} NOT NULL DEFAULT 0;
