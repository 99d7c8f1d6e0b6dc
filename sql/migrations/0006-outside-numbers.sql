-- The number that was dialled to reach a trunk's leg. What an outside call costs follows the leg, not the call: a caller
-- from outside who is forwarded or transferred abroad costs as much as a phone that dials there.
ALTER TABLE rt_legs ADD COLUMN dialled {word} NOT NULL DEFAULT '';
ALTER TABLE cdr_legs ADD COLUMN dialled {word} NOT NULL DEFAULT '';
UPDATE rt_legs SET dialled = COALESCE((SELECT c.dialled FROM rt_calls c WHERE c.call_id = rt_legs.call_id AND c.direction = 'out'), '') WHERE role = 'trunk';
UPDATE cdr_legs SET dialled = COALESCE((SELECT c.dialled FROM cdr_calls c WHERE c.call_id = cdr_legs.call_id AND c.direction = 'out'), '') WHERE role = 'trunk';
CREATE INDEX cdr_legs_role ON cdr_legs (role, started_at);
