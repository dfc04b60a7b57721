-- All states of a visit's life. SQLite cannot change a CHECK, so there is a new column in the old one's place.
DROP INDEX visit_queue;
DROP INDEX visit_without_files;
DROP INDEX visit_unnoticed;
ALTER TABLE visit ADD COLUMN stands text NOT NULL DEFAULT 'submitted' CHECK (stands IN ('submitted', 'complete',
    'in_review', 'returned', 'approved', 'rejected', 'excluded', 'released', 'final', 'withdrawn'));
UPDATE visit SET stands = state WHERE state <> 'submitted';
ALTER TABLE visit DROP COLUMN state;
ALTER TABLE visit RENAME COLUMN stands TO state;
CREATE INDEX visit_queue ON visit (received_at, id) WHERE state IN ('complete', 'in_review');
CREATE INDEX visit_without_files ON visit (received_at, id) WHERE state = 'submitted';
CREATE INDEX visit_unnoticed ON visit (received_at, id)
    WHERE noticed_at IS NULL AND state IN ('complete', 'in_review');

-- Whether another visit is wanted in the place of one that does not count.
ALTER TABLE visit ADD COLUMN wanted_again boolean NOT NULL DEFAULT false;

-- Which step it was, and what is kept with it beside its reason. Steps that were taken before have neither: what they were
-- follows from the states that they led from and to.
ALTER TABLE visit_step ADD COLUMN step text;
ALTER TABLE visit_step ADD COLUMN details jsonb;
-- The clock takes steps as well: SQLite cannot take NOT NULL off a column, so there is a new one in its place.
ALTER TABLE visit_step ADD COLUMN taken_by uuid REFERENCES account (id);
UPDATE visit_step SET taken_by = account_id;
ALTER TABLE visit_step DROP COLUMN account_id;
ALTER TABLE visit_step RENAME COLUMN taken_by TO account_id;
