DROP TABLE assignment_step;
-- What nobody has cannot stay: there was no such thing.
DELETE FROM assignment WHERE shopper_id IS NULL;
DROP INDEX assignment_due;
DROP INDEX assignment_open;
DROP INDEX assignment_slot;
ALTER TABLE assignment DROP COLUMN pay;
ALTER TABLE assignment DROP COLUMN due_at;
ALTER TABLE assignment DROP COLUMN submit_by;
ALTER TABLE assignment DROP COLUMN answer_by;
ALTER TABLE assignment DROP COLUMN state;
ALTER TABLE assignment DROP COLUMN attempt;
ALTER TABLE assignment DROP COLUMN number;
ALTER TABLE assignment DROP COLUMN campaign_id;
DROP TABLE campaign;
