-- Steps of the clock have no place in what there was before.
DELETE FROM visit_step WHERE account_id IS NULL;
ALTER TABLE visit_step ADD COLUMN taken_by uuid REFERENCES account (id);
UPDATE visit_step SET taken_by = account_id;
ALTER TABLE visit_step DROP COLUMN account_id;
ALTER TABLE visit_step RENAME COLUMN taken_by TO account_id;
ALTER TABLE visit_step DROP COLUMN details;
ALTER TABLE visit_step DROP COLUMN step;

ALTER TABLE visit DROP COLUMN wanted_again;
-- What counts in no score was rejected before.
UPDATE visit_step SET from_state = 'rejected' WHERE from_state IN ('excluded', 'withdrawn');
UPDATE visit_step SET to_state = 'rejected' WHERE to_state IN ('excluded', 'withdrawn');
DROP INDEX visit_queue;
DROP INDEX visit_without_files;
DROP INDEX visit_unnoticed;
ALTER TABLE visit ADD COLUMN stands text NOT NULL DEFAULT 'submitted' CHECK (stands IN ('submitted', 'complete',
    'in_review', 'returned', 'approved', 'rejected', 'released', 'final'));
UPDATE visit SET stands = CASE WHEN state IN ('excluded', 'withdrawn') THEN 'rejected' ELSE state END;
ALTER TABLE visit DROP COLUMN state;
ALTER TABLE visit RENAME COLUMN stands TO state;
CREATE INDEX visit_queue ON visit (received_at, id) WHERE state IN ('complete', 'in_review');
CREATE INDEX visit_without_files ON visit (received_at, id) WHERE state = 'submitted';
CREATE INDEX visit_unnoticed ON visit (received_at, id)
    WHERE noticed_at IS NULL AND state IN ('complete', 'in_review');
