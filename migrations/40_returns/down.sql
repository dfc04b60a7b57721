-- Before, nothing was asked anew: what was revised is kept as if it had come so, and what is returned goes to the reviewers.
DELETE FROM visit_before WHERE EXISTS (SELECT 1 FROM visit_step
    WHERE visit_step.visit_id = visit_before.visit_id AND visit_step.step = 'revise'
    AND visit_step.taken_at = visit_before.replaced_at);
DELETE FROM visit_step WHERE step IN ('return', 'revise', 'lapse') OR from_state = 'returned';
UPDATE visit_step SET number = (SELECT count(*) FROM visit_step AS earlier
    WHERE earlier.visit_id = visit_step.visit_id AND earlier.number <= visit_step.number);
UPDATE visit SET state = CASE WHEN completed_at IS NULL THEN 'submitted' ELSE 'complete' END WHERE state = 'returned';
DROP INDEX visit_returned;
ALTER TABLE visit DROP COLUMN answer_by;
ALTER TABLE visit DROP COLUMN revised_at;
ALTER TABLE visit DROP COLUMN revision;
DROP INDEX return_reason_unsealed;
DROP TABLE return_reason;
